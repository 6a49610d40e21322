"""A corpus of mails as real programs write them, each with what must be made of it."""

from __future__ import annotations

import pytest

from channels_ingest.adapters.incoming import DeliveryUpdate, Ignored
from customers.assurance import Assurance
from tests.channels_ingest.email.expectations import TRAP_BOUNCES, TRAPS, Expected
from tests.channels_ingest.email.mails import PAYLOADS, items, message, payload

MESSAGES = {
    "gmail_reply": Expected(
        "jo@customer.example", "Yes, the blue one please. Can you send it to Oak Street 5 instead?", "> Ada"
    ),
    "gmail_interleaved": Expected(
        "jo@customer.example",
        "On Mon, 4 May 2026 at 17:03, Acme Support <support@acme.example> wrote:\n\n"
        "> Which colour would you like?\n\nBlue.\n\n> And which size?\n\nMedium, thanks.",
        "> Acme Support",
    ),
    "outlook_desktop": Expected(
        "sam@weber.example",
        "Guten Tag,\n\ndie Rechnung enthält einen Posten zu viel.\n\nMit freundlichen Grüßen\nSam Weber",
        "anbei Ihre Rechnung.",
    ),
    "outlook_web": Expected("lea@roy.example", "It arrived broken.\nLea", "Hello Lea, did it arrive?"),
    "outlook_original_message": Expected("pat@old.example", "The handle is loose again.", "we mended it."),
    "apple_mail": Expected(
        "kim@apple-user.example", "Here is the scratch:\n\nAnd it hums at night.", "> Could you send a photo?"
    ),
    "apple_mail_html": Expected("kim@apple-user.example", "No photo, sorry.", "> Could you send a photo?"),
    "thunderbird": Expected("tim@bird.example", "The lid fits now.", "Nest Street 1"),
    "thunderbird_html": Expected("tim@bird.example", "The lid fits now.", "Tim Bird"),
    "french_reply": Expected(
        "zoe@lefevre.example", "Bonjour,\n\nle colis n'est toujours pas arrivé.", "> il part demain."
    ),
    "spanish_reply": Expected("ana@nunez.example", "Gracias, ¿cuándo llega el paquete?", "> Hola Ana, sale mañana."),
    "japanese_reply": Expected("yamada@docomo.example", "青いのをお願いします。", "> どの色がよろしいですか。"),
    "forward_gmail": Expected(
        "jo@customer.example",
        "Is this one from you?\n\n---------- Forwarded message ---------\nFrom: Some Shop <billing@shop.example>\n"
        "Date: Mon, 4 May 2026 at 09:00\nSubject: Invoice\nTo: <jo@customer.example>\n\nPlease pay 12.50.",
        is_forward=True,
    ),
    "forward_outlook_german": Expected(
        "sam@weber.example",
        "Bitte prüfen.\n\nVon: Mahnstelle <mahnung@shop.example>\nGesendet: Montag, 4. Mai 2026 09:00\n"
        "An: Sam Weber <sam@weber.example>\nBetreff: Mahnung\n\nBitte zahlen Sie 12,50 EUR.",
        is_forward=True,
    ),
    "out_of_office_exchange": Expected(
        "sam@weber.example", "Ich bin bis zum 20. Mai nicht im Büro.", automatic="auto_reply"
    ),
    "out_of_office_without_headers": Expected(
        "zoe@lefevre.example", "Je suis absente jusqu'au 20 mai.", automatic="auto_reply"
    ),
    "newsletter": Expected("news@shop.example", "Spring sale\n\nEverything must go.", automatic="list"),
    "contact_form": Expected("jo@customer.example", "Name: Jo Miller\nMessage: Do you ship to Norway?"),
    "inline_image": Expected("lea@roy.example", "Look: [cid:lamp@roy.example]"),
    "attached_mail": Expected("jo@customer.example", "The attached mail is not from you, is it?"),
    "bare_minimum": Expected(None, "no from, no date, no type"),
    "broken_boundary": Expected("jo@customer.example", "Still readable."),
    "mobile_carrier": Expected('"a..b"@carrier.example', "荷物が届きません"),
    **TRAPS,
}
BOUNCES = {
    "bounce_postfix": ("<out-77@acme.example>", "gone@customer.example", "5.1.1"),
    "bounce_exchange": ("<out-78@acme.example>", "full@customer.example", "5.2.2"),
    "bounce_qmail": ("<out-80@acme.example>", "nobody@old.example", "5.1.1"),
    **TRAP_BOUNCES,
}


def test_every_mail_of_the_corpus_has_an_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.eml")} == {*MESSAGES, *BOUNCES, "bounce_delayed", "complaint"}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", MESSAGES)
def test_a_mail_is_understood(name: str, line_end: bytes) -> None:
    expected = MESSAGES[name]

    found = message(payload(name).replace(b"\n", line_end))

    assert (found.sender.address if found.sender else None) == expected.sender
    assert found.text == expected.text
    assert found.quoted_text.endswith(expected.quoted_ends)
    assert bool(found.quoted_text) == bool(expected.quoted_ends)
    assert found.automatic == expected.automatic
    assert found.is_forward == expected.is_forward


@pytest.mark.parametrize("name", BOUNCES)
def test_a_bounce_says_which_mail_failed_and_why(name: str) -> None:
    (update,) = items(payload(name))

    assert isinstance(update, DeliveryUpdate)
    assert (update.provider_message_id, update.recipient, update.error_code) == BOUNCES[name]
    assert update.state == "failed"


def test_a_delayed_mail_has_not_failed() -> None:
    assert items(payload("bounce_delayed")) == [
        Ignored("The mail to slow@customer.example is delayed; its server still tries.")
    ]


def test_a_complaint_stops_what_we_send_to_whoever_complained() -> None:
    assert items(payload("complaint")) == [DeliveryUpdate("<out-81@acme.example>", "delivered", is_opt_out=True)]


def test_a_complaint_that_names_no_mail_is_shown_to_people() -> None:
    found = message(payload("complaint").replace(b"Message-ID: <out-81@acme.example>", b"X-Gone: yes"))

    assert (found.automatic, found.text[:26]) == ("complaint", "This is an abuse report fo")


def test_a_reply_through_gmail_carries_token_and_proof() -> None:
    found = message(payload("gmail_reply"))

    assert found.sender is not None
    assert found.sender.assurance == Assurance.CHANNEL
    assert found.reply_tokens == ("abcdefghijklmnopqrstuvwxyz",)
    assert found.references == ("<out-1@acme.example>", "<out-0@acme.example>")
    assert "Which colour" not in found.html
    assert "<b>blue</b>" in found.html


def test_an_inline_picture_keeps_its_place_and_a_tracking_pixel_loads_nothing() -> None:
    found = message(payload("inline_image"))

    assert 'src="cid:lamp@roy.example"' in found.html
    assert 'data-src="https://evil.example/pixel.gif"' in found.html
    assert "script" not in found.html
    lamp, trap = found.attachments
    assert (lamp.name, lamp.is_inline) == ("La lámpara.png", True)
    assert (trap.name, trap.is_inline) == ("evilgpj.exe", False)


def test_a_forwarded_mail_stays_an_attachment() -> None:
    (attached,) = message(payload("attached_mail")).attachments

    assert (attached.name, attached.content_type) == ("Your account.eml", "message/rfc822")
    assert b"Enter your password" in (attached.content or b"")


def test_a_contact_form_gives_its_writer_as_a_claim_only() -> None:
    found = message(payload("contact_form"))

    assert found.sender is not None
    assert found.sender.assurance == Assurance.CLAIMED
    assert found.facts["relay"] == "forms@acme.example"
