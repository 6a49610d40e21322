"""The e-mail channel as the rest of the product sees it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from channels_ingest.adapters.failures import InvalidSignature, Unreadable
from channels_ingest.adapters.incoming import NamedAddress
from customers.assurance import Assurance
from tests.channels_ingest.email.mails import SECRET, email_adapter, items, mail, message, request

TOKEN = "abcdefghijklmnopqrstuvwxyz"


def test_the_bearer_token_opens_the_door() -> None:
    email_adapter().verify(request(mail()))
    email_adapter().verify(request(mail(), authorization=f"bearer {SECRET} "))


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {SECRET}", SECRET, "Bearer \udcff"])
def test_without_the_token_the_door_stays_shut(given: str) -> None:
    with pytest.raises(InvalidSignature):
        email_adapter().verify(request(mail(), authorization=given))


def test_a_channel_without_a_secret_opens_to_nobody() -> None:
    adapter = email_adapter()
    adapter.connection.credentials = {}

    for given in ("Bearer ", "Bearer", ""):
        with pytest.raises(InvalidSignature):
            adapter.verify(request(mail(), authorization=given))


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json", "multipart/form-data"])
def test_only_raw_mail_is_taken(content_type: str) -> None:
    with pytest.raises(Unreadable):
        email_adapter().parse(request(mail(), content_type=content_type))


@pytest.mark.parametrize("body", [b"", b"\r\n\r\nHello", b"\x00\xff" * 100])
def test_what_is_no_mail_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        items(body)


def test_a_message_carries_all_that_the_mail_says() -> None:
    found = message(
        mail(
            cc="Boss <boss@customer.example>, boss@customer.example",
            reply_to="Jo at home <jo@home.example>",
            to=f"Acme <support+{TOKEN}@acme.example>",
        )
    )

    assert found.sender is not None
    assert (found.sender.kind, found.sender.address, found.sender.name) == ("email", "jo@customer.example", "Jo Miller")
    assert found.recipient == f"support+{TOKEN}@acme.example"
    assert found.reply_tokens == (TOKEN,)
    assert found.reply_to == "jo@home.example"
    assert found.to == (NamedAddress(f"support+{TOKEN}@acme.example", "Acme"),)
    assert found.cc == (NamedAddress("boss@customer.example", "Boss"),)
    assert found.rfc_message_id == "<jo-1@customer.example>"
    assert found.occurred_at == datetime(2026, 5, 5, 8, 11, 12, tzinfo=UTC)


def test_the_senders_spelling_is_kept_beside_the_normal_one() -> None:
    sender = message(mail(**{"from": "JO@Customer.Example"})).sender

    assert sender is not None
    assert (sender.address, sender.address_as_seen) == ("jo@customer.example", "JO@customer.example")


def test_our_address_is_found_in_cc_and_in_the_envelope() -> None:
    assert message(mail(to="boss@x.example", cc="Support <Support@Acme.Example>")).recipient == "Support@acme.example"
    assert message(mail(to="boss@x.example", delivered_to="support@acme.example")).recipient == "support@acme.example"
    assert message(mail(to="")).recipient == ""


def test_one_mail_read_twice_is_the_same_message() -> None:
    again = b"Received: from elsewhere\r\n" + mail().replace(b"\r\n", b"\n")

    assert message(mail()).provider_message_id == message(again).provider_message_id


def test_two_mails_that_share_a_message_id_are_two_messages() -> None:
    first, second = message(mail("One")), message(mail("Two"))
    forged = message(mail("One", **{"from": "thief@evil.example"}))

    assert len({one.provider_message_id for one in (first, second, forged)}) == 3
    assert first.rfc_message_id == second.rfc_message_id


def test_without_a_message_id_the_bytes_are_the_identity() -> None:
    raw = mail(**{"message-id": ""})

    assert message(raw).provider_message_id == message(raw).provider_message_id
    assert message(raw).provider_message_id.startswith("sha256:")


@pytest.mark.parametrize("length", [10, 240, 5000])
def test_an_identity_is_never_long(length: int) -> None:
    assert len(message(mail(message_id=f"<{'x' * length}@x.example>")).provider_message_id) <= 300


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 01 Jan 2038 00:00:00 +0000", "soon", ""])
def test_a_wrong_clock_is_not_believed(date: str) -> None:
    assert message(mail(date=date)).occurred_at is None


def test_a_mail_without_sender_has_none() -> None:
    assert message(mail(**{"from": ""})).sender is None
    assert message(mail(**{"from": "undisclosed:;"})).sender is None


def test_of_several_senders_the_first_counts_and_all_are_noted() -> None:
    found = message(mail(**{"from": "jo@customer.example, boss@customer.example"}))

    assert found.sender is not None
    assert found.sender.address == "jo@customer.example"
    assert found.facts["senders"] == "jo@customer.example, boss@customer.example"


@pytest.mark.parametrize(
    ("author", "answer_to", "sender", "level"),
    [
        ("forms@acme.example", "jo@customer.example", "jo@customer.example", Assurance.CLAIMED),
        ("support@acme.example", "jo@customer.example", "jo@customer.example", Assurance.CLAIMED),
        ("relay@market.example", "jo@customer.example", "jo@customer.example", Assurance.CLAIMED),
        ("ada@acme.example", "ada.private@acme.example", "ada@acme.example", Assurance.PRESENTED),
        ("jo@customer.example", "other@customer.example", "jo@customer.example", Assurance.PRESENTED),
        ("forms@sub.acme.example", "jo@customer.example", "forms@sub.acme.example", Assurance.PRESENTED),
    ],
)
def test_whom_a_form_writes_for_is_a_claim(author: str, answer_to: str, sender: str, level: Assurance) -> None:
    found = message(mail(**{"from": author}, reply_to=answer_to), relay_senders=["Relay@market.example"]).sender

    assert found is not None
    assert (found.address, found.assurance) == (sender, level)


def test_a_verified_relay_still_proves_nothing_of_whom_it_names() -> None:
    verdict = "mx.acme.example; dmarc=pass header.from=acme.example"
    found = message(
        mail(**{"from": "forms@acme.example"}, reply_to="jo@customer.example", authentication_results=verdict)
    ).sender

    assert found is not None
    assert found.assurance == Assurance.CLAIMED


def test_a_forwarded_mail_is_shown_whole() -> None:
    body = "Look.\n\nOn Mon, 4 May 2026 at 17:03, Acme <a@x.example> wrote:\n> Pay."
    found = message(mail(body, subject="Fwd: Bill"))

    assert (found.text, found.quoted_text, found.is_forward) == (body, "", True)


def test_html_is_safe_and_holds_only_what_is_new() -> None:
    html = '<p onclick="x()">Blue.</p><script>x()</script><blockquote type="cite">Which?</blockquote>'
    found = message(mail(html, content_type="text/html"))

    assert (found.html, found.text, found.quoted_text) == ("<p>Blue.</p>", "Blue.", "> Which?")


@pytest.mark.parametrize("field", ["subject", "from", "to", "cc", "reply-to", "date", "references", "content-type"])
def test_nothing_unstorable_reaches_the_domain(field: str) -> None:
    found: Any = message(mail("a\x00b", **{field: "=?utf-8?q?x=00=ED=A0=80=E2=80=AE?= <a@x.example>\x00"}))

    assert "\x00" not in repr(found)
    assert "\\x00" not in repr(found)
    assert "\\u202e" not in repr(found)


def test_a_message_id_of_ours_is_in_the_domain_we_write_from() -> None:
    assert email_adapter().new_message_id().endswith("@acme.example>")
