"""Mails that we write: threaded, honest about machines, and closed to injection."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest

from channels_ingest.adapters.email.attributions import MARKER
from channels_ingest.adapters.email.compose import as_wire_bytes, compose, reply_subject
from channels_ingest.adapters.email.machines import kind_of_machine
from channels_ingest.adapters.email.mime import parse_mail
from channels_ingest.adapters.outgoing import OutboundAttachment, OutboundMessage

TOKEN = "abcdefghijklmnopqrstuvwxyz"
PNG = b"\x89PNG\r\n\x1a\n"
LETTER = OutboundMessage(
    idempotency_key="k1",
    to_address="jo@customer.example",
    to_name="Jo Miller",
    from_address="support@acme.example",
    from_name="Ada (Acme)",
    text="Hello Jo,\n\nit left today.\n",
    subject="Your order",
    rfc_message_id="<out-1@acme.example>",
    reply_token=TOKEN,
)


def _sent(letter: OutboundMessage) -> EmailMessage:
    """The mail as a standard reader sees it."""
    return email.message_from_bytes(as_wire_bytes(compose(letter)), policy=policy.default)


def test_a_mail_says_from_whom_to_whom_and_where_to_answer() -> None:
    sent = _sent(LETTER)

    assert sent["From"] == '"Ada (Acme)" <support@acme.example>'
    assert sent["To"] == "Jo Miller <jo@customer.example>"
    assert sent["Reply-To"] == f'"Ada (Acme)" <support+{TOKEN}@acme.example>'
    assert sent["Message-ID"] == "<out-1@acme.example>"
    assert sent["Subject"] == "Your order"
    assert sent["Auto-Submitted"] is None
    assert sent.get_content().replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize(
    "subject", ["Lamp", "Re: Lamp", "RE: re:Lamp", "AW: Re[2]: Lamp", "SV: Antw: Lamp", "回复:Lamp"]
)
def test_an_answer_says_re_once(subject: str) -> None:
    assert reply_subject(subject) == "Re: Lamp"


def test_an_answer_names_the_mails_it_answers() -> None:
    sent = _sent(replace(LETTER, in_reply_to="<in-2@x.example>", references=("<in-1@x.example>", "<out-0@a.example>")))

    assert sent["In-Reply-To"] == "<in-2@x.example>"
    assert sent["References"].split() == ["<in-1@x.example>", "<out-0@a.example>", "<in-2@x.example>"]
    assert sent["Subject"] == "Re: Your order"


def test_long_message_ids_are_neither_encoded_nor_broken() -> None:
    ids = tuple(f"<{'x' * 180}{number}@customer.example>" for number in range(40))
    wire = as_wire_bytes(compose(replace(LETTER, in_reply_to=ids[-1], references=ids)))

    sent = email.message_from_bytes(wire, policy=policy.compat32)

    assert sent["References"].split() == [ids[0], *ids[-19:]]
    assert sent["In-Reply-To"] == ids[-1]
    assert max(len(line) for line in wire.split(b"\r\n")) < 998


def test_a_machines_mail_says_so_and_is_recognised_when_it_comes_back() -> None:
    wire = as_wire_bytes(compose(replace(LETTER, is_automatic=True)))

    sent = email.message_from_bytes(wire, policy=policy.default)
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Auto-Response-Suppress"] == "All"
    assert sent["X-Onethread-Loop"] == "1"
    assert kind_of_machine(parse_mail(wire)) == "auto_reply"


@pytest.mark.parametrize("field", ["subject", "from_name", "to_name", "in_reply_to", "rfc_message_id"])
def test_no_field_can_smuggle_in_a_header(field: str) -> None:
    hostile: dict[str, Any] = {field: "<x@x.example>\r\nBcc: victim@x.example\r\n\r\nBody"}

    sent = _sent(replace(LETTER, **hostile))

    assert sent["Bcc"] is None
    assert sent.get_content().startswith("Hello Jo,")


def test_an_address_with_a_line_break_does_not_become_a_header() -> None:
    with pytest.raises(ValueError, match=r".*"):
        compose(replace(LETTER, to_address="jo@customer.example\r\nBcc: victim@x.example"))


def test_every_line_ends_with_both_characters() -> None:
    text = "one\rtwo\nthree\r\n.\r\nfour\n.\nMAIL FROM:<x@x.example>"
    wire = as_wire_bytes(compose(replace(LETTER, text=text, html="<p>a\rb\n.\n</p>")))

    assert b"\r" not in wire.replace(b"\r\n", b"")
    assert b"\n" not in wire.replace(b"\r\n", b"")


def test_letters_of_all_scripts_arrive() -> None:
    sent = _sent(replace(LETTER, subject="Grüße 注文 😀 " * 12, to_name="Zoé Lefèvre", text="Grüße, 注文 😀\n"))

    assert sent["Subject"] == ("Grüße 注文 😀 " * 12).strip()
    assert sent["To"].addresses[0].display_name == "Zoé Lefèvre"
    assert sent.get_content().strip() == "Grüße, 注文 😀"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a..b@carrier.example", "a..b@carrier.example"),
        ('"odd name"@carrier.example', '"odd name"@carrier.example'),
        ("jo@grüße.example", "jo@xn--gre-6ka8l.example"),
        ("Jo.Miller@Customer.Example", "Jo.Miller@customer.example"),
    ],
)
def test_whoever_wrote_to_us_can_be_answered(address: str, written: str) -> None:
    assert f"<{written}>".encode() in as_wire_bytes(compose(replace(LETTER, to_address=address)))


def test_an_address_outside_ascii_is_written_as_it_is() -> None:
    assert "<jörg@customer.example>".encode() in as_wire_bytes(
        compose(replace(LETTER, to_address="jörg@customer.example"))
    )


@pytest.mark.parametrize(
    "address", ["", "jo", "@x.example", "jo@", "jo@bad domain.ü", "a@b@x.example", "j o@x.example"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        compose(replace(LETTER, to_address=address))


def test_html_stands_beside_the_text_with_its_pictures() -> None:
    files = (
        OutboundAttachment("lamp.png", "image/png", PNG, content_id="lamp@acme.example"),
        OutboundAttachment("bill\r\n.pdf", "application/pdf", b"%PDF"),
        OutboundAttachment("old.eml", "message/rfc822", b"From: x\n\nHello"),
        OutboundAttachment("", "nonsense", b"?"),
    )
    letter = replace(LETTER, html='<p>Hello <img src="cid:lamp@acme.example"></p>', attachments=files)

    parsed = parse_mail(as_wire_bytes(compose(letter)))

    assert parsed.text.startswith("Hello Jo,")
    assert "<p>Hello" in parsed.html
    shown = [(one.name, one.content_type, one.content, one.is_inline) for one in parsed.attachments]
    assert shown == [
        ("lamp.png", "image/png", PNG, True),
        ("bill .pdf", "application/pdf", b"%PDF", False),
        ("old.eml", "application/octet-stream", b"From: x\n\nHello", False),
        ("file", "application/octet-stream", b"?", False),
    ]


def test_the_line_to_answer_above_stands_on_top_where_wanted() -> None:
    parsed = parse_mail(as_wire_bytes(compose(replace(LETTER, html="<p>Hello</p>"), has_reply_marker=True)))

    assert parsed.text.startswith(MARKER)
    assert MARKER in parsed.html


def test_without_a_message_id_a_fresh_one_is_made() -> None:
    assert _sent(replace(LETTER, rfc_message_id=""))["Message-ID"].endswith("@acme.example>")
