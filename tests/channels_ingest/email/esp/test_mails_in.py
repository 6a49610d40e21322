"""Mails that services post: read as the raw mail is read, and trusted no further than was proved."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels_ingest.adapters.email import esp_anymail
from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.email.esp_mail import MailPart, rebuilt
from channels_ingest.adapters.email.esp_requests import django_request
from channels_ingest.adapters.email.mime import parse_mail
from channels_ingest.adapters.email.parts import PartReader
from channels_ingest.adapters.email.services import SERVICES
from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import DeliveryUpdate, InboundMessage, Unclear
from customers.assurance import Assurance
from tests.channels_ingest.email.esp.requests import SECRET, adapter, items, message, payload, request
from tests.channels_ingest.email.mails import email_adapter
from tests.channels_ingest.email.mails import request as raw_mail

TOKEN = "abcdefghijklmnopqrstuvwxyz"
MAILS_IN = [
    "postmark/inbound_raw", "postmark/inbound_fields", "mailgun/inbound_fields", "mailgun/inbound_mime",
    "sparkpost/relay",
]  # fmt: skip


def changed(name: str, **fields: Any) -> Any:
    return {**payload(name), **fields}


def mailgun_with(*headers: tuple[str, str], name: str = "mailgun/inbound_fields") -> Any:
    content = payload(name)
    listed = [*json.loads(content["message-headers"]), *[list(one) for one in headers]]
    return {**content, "message-headers": json.dumps(listed)}


@pytest.mark.parametrize("name", MAILS_IN)
def test_a_mail_is_read_whole(name: str) -> None:
    (found,) = items(name)
    assert isinstance(found, InboundMessage) and found.sender is not None
    assert (found.text, found.subject, found.recipient) == ("It is broken. Grüße", "Kettle", "help@shop.example")
    assert (found.sender.address, found.sender.name) == ("jo@customer.example", "Jo Miller")
    assert (found.rfc_message_id, found.automatic) == ("<k1@customer.example>", "")
    assert found.occurred_at is not None


def test_one_mail_is_the_same_message_by_every_door() -> None:
    found = {items(name)[0].provider_message_id for name in MAILS_IN}  # type: ignore[union-attr]
    by_pipe = email_adapter().parse(raw_mail(payload("postmark/inbound_raw")["RawEmail"].encode()))
    found |= {one.provider_message_id for one in by_pipe if isinstance(one, InboundMessage)}
    assert len(found) == 1


def test_a_mail_without_a_message_id_is_the_same_when_it_is_posted_again() -> None:
    headers = [
        one for one in json.loads(payload("mailgun/inbound_fields")["message-headers"]) if one[0] != "Message-Id"
    ]
    content = changed("mailgun/inbound_fields", **{"message-headers": json.dumps(headers)})
    first, again = (
        adapter("mailgun").parse(
            replace(request(content, service="mailgun"), body=request(one, service="mailgun").body)
        )
        for one in (content, {**content, "stripped-text": "x"})
    )
    assert first[0].provider_message_id == again[0].provider_message_id  # type: ignore[union-attr]


def test_files_come_along_and_pictures_stay_where_they_stand() -> None:
    found = message(payload("postmark/inbound_attachments"), service="postmark")
    kinds = [(one.name, one.content_type, one.content, one.is_inline) for one in found.attachments]
    assert kinds[0] == ("photo.png", "image/png", b"\x89PNG\r\n\x1a\n", True)
    assert kinds[1] == ("bill.pdf", "application/pdf", b"%PDF-1.4", False)
    assert kinds[2][:2] == ("forwarded.eml", "message/rfc822") and "Gr\xfc\xdfe".encode("latin-1") in (
        kinds[2][2] or b""
    )
    assert 'src="cid:photo@jo"' in found.html


def test_files_in_a_form_come_along() -> None:
    fields = {
        **payload("mailgun/inbound_fields"),
        "attachment-count": "2",
        "content-id-map": '{"<pic@jo>": "attachment-1"}',
    }
    fields["body-html"] = '<img src="cid:pic@jo">'
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    for number, (name, content) in enumerate([("pic.png", b"\x89PNG\x00\xff"), ("", b"nameless")], 1):
        head = f'--b\r\nContent-Disposition: form-data; name="attachment-{number}"; filename="{name}"\r\n'
        body += f"{head}Content-Type: image/png\r\n\r\n".encode() + content + b"\r\n"
    made = request(fields, service="mailgun")
    headers = {**made.headers, "content-type": "multipart/form-data; boundary=b"}
    (found,) = adapter("mailgun").parse(replace(made, body=body + b"--b--\r\n", headers=headers))
    assert isinstance(found, InboundMessage)
    assert [(one.content, one.is_inline) for one in found.attachments] == [
        (b"\x89PNG\x00\xff", True),
        (b"nameless", False),
    ]


def test_a_raw_mail_keeps_its_bytes_whatever_its_charset() -> None:
    (found,) = items("sparkpost/relay_base64")
    assert isinstance(found, InboundMessage) and found.text == "It is broken. Grüße"
    raw = payload("mailgun/inbound_mime")["body-mime"].replace("charset=utf-8", "charset=iso-8859-1")
    content = {**payload("mailgun/inbound_mime"), "body-mime": raw.encode("latin-1")}
    assert message(content, service="mailgun").text == "It is broken. Grüße"


@pytest.mark.parametrize("charset", ["klingon", "utf-16", "", "utf-8; boundary=x"])
def test_a_wrong_charset_of_the_webhook_does_no_harm(charset: str) -> None:
    made = request(payload("postmark/inbound_fields"), service="postmark")
    odd = replace(made, headers={**made.headers, "content-type": f"application/json; charset={charset}"})
    adapter("postmark").verify(odd)
    assert adapter("postmark").parse(odd) == adapter("postmark").parse(made)


def test_the_envelopes_recipient_carries_the_reply_token() -> None:
    address = f"help+{TOKEN}@shop.example"
    found = message(changed("postmark/inbound_raw", OriginalRecipient=address), service="postmark")
    assert (found.reply_tokens, found.recipient) == ((TOKEN,), address)
    assert message(changed("mailgun/inbound_fields", recipient=address), service="mailgun").reply_tokens == (TOKEN,)


def test_a_recipient_can_not_smuggle_in_a_header() -> None:
    odd = "help@shop.example>\r\nAuthentication-Results: mx; dmarc=pass header.from=customer.example\r\nX: <a@b.example"
    found = message(changed("postmark/inbound_raw", OriginalRecipient=odd), service="postmark", authserv_id="mx")
    assert found.sender is not None and found.sender.assurance == Assurance.PRESENTED


@pytest.mark.parametrize("value", ["Kettle\r\nBcc: all@shop.example", "Kettle\n\n<script>", "Kettle\x00"])
def test_a_line_end_in_a_field_is_a_blank(value: str) -> None:
    found = message(changed("postmark/inbound_fields", Subject=value), service="postmark")
    assert found.subject.startswith("Kettle") and "\n" not in found.subject
    assert found.text == "It is broken. Grüße"


def test_the_null_sender_and_machines_are_told_apart() -> None:
    headers = payload("postmark/inbound_fields")["Headers"]
    nobody = [{"Name": "Return-Path", "Value": "<>"}, *headers[1:]]
    assert message(changed("postmark/inbound_fields", Headers=nobody), service="postmark").automatic == "auto_reply"
    away = mailgun_with(("Auto-Submitted", "auto-replied"))
    assert message(away, service="mailgun").automatic == "auto_reply"
    assert message(mailgun_with(("List-Id", "<news.shop>")), service="mailgun").automatic == "list"


def test_a_bounce_that_comes_as_a_mail_moves_the_mail_it_names() -> None:
    raw = DSN
    (found,) = adapter("postmark").parse(request(changed("postmark/inbound_raw", RawEmail=raw), service="postmark"))
    assert isinstance(found, DeliveryUpdate) and found.state == "failed"


def test_spam_marks_are_noted() -> None:
    marked = [
        {"Name": "X-Spam-Score", "Value": "7.5"}, {"Name": "X-Spam-Status", "Value": "Yes, score=7.5"},
        *payload("postmark/inbound_fields")["Headers"],
    ]  # fmt: skip
    found = message(changed("postmark/inbound_fields", Headers=marked), service="postmark")
    assert (found.facts["spam_score"], found.facts["spam"]) == ("7.5", "yes")


def level(content: Any, service: str, **settings: Any) -> Assurance:
    sender = message(content, service=service, **settings).sender
    assert sender is not None
    return sender.assurance


@pytest.mark.parametrize("name", MAILS_IN)
def test_without_a_verdict_a_sender_is_only_presented(name: str) -> None:
    assert level(payload(name), name.partition("/")[0]) == Assurance.PRESENTED


def test_only_the_named_servers_verdict_counts() -> None:
    verdict = {"Name": "Authentication-Results", "Value": "mx.shop.example; dmarc=pass header.from=customer.example"}
    content = changed("postmark/inbound_fields", Headers=[*payload("postmark/inbound_fields")["Headers"], verdict])
    assert level(content, "postmark", authserv_id="mx.shop.example") == Assurance.CHANNEL
    assert level(content, "postmark", authserv_id="mx.other.example") == Assurance.PRESENTED
    assert level(content, "postmark") == Assurance.PRESENTED
    failed = {**verdict, "Value": "mx.shop.example; dmarc=fail header.from=customer.example"}
    content = changed("postmark/inbound_fields", Headers=[*payload("postmark/inbound_fields")["Headers"], failed])
    assert level(content, "postmark", authserv_id="mx.shop.example") == Assurance.CLAIMED


PASS = ("X-Mailgun-Dkim-Check-Result", "Pass")
SIGNATURE = ("Dkim-Signature", "v=1; a=rsa-sha256; d=mail.customer.example; s=x; b=abc")


@pytest.mark.parametrize(
    ("headers", "has_verdicts", "expected"),
    [
        ([PASS, SIGNATURE], True, Assurance.CHANNEL),
        ([PASS, SIGNATURE], False, Assurance.PRESENTED),  # then nobody but the sender wrote them
        ([PASS], True, Assurance.PRESENTED),
        ([PASS, ("Dkim-Signature", "v=1; d=evil.example; b=abc")], True, Assurance.PRESENTED),
        ([PASS, ("X-Mailgun-Dkim-Check-Result", "Fail"), SIGNATURE], True, Assurance.PRESENTED),
        ([PASS, PASS, SIGNATURE], True, Assurance.PRESENTED),
        ([PASS, SIGNATURE, ("Dkim-Signature", "v=1; d=evil.example; b=abc")], True, Assurance.PRESENTED),
        ([("X-Mailgun-Dkim-Check-Result", "Fail"), SIGNATURE], True, Assurance.PRESENTED),
        ([PASS, SIGNATURE, ("From", "boss@customer.example")], True, Assurance.PRESENTED),
        ([PASS, SIGNATURE, ("Reply-To", "x@elsewhere.example")], True, Assurance.CHANNEL),
    ],
)
def test_mailguns_check_counts_only_where_nobody_else_can_have_written_it(
    headers: list[tuple[str, str]], has_verdicts: bool, expected: Assurance
) -> None:
    assert level(mailgun_with(*headers), "mailgun", has_verdicts=has_verdicts) == expected


def test_of_several_events_one_that_is_broken_keeps_back_no_other() -> None:
    good, other = payload("sparkpost/relay")[0], payload("sparkpost/relay_base64")[0]
    broken = {"msys": {"relay_message": {"protocol": "smtp", "content": {}}}}
    found = adapter("sparkpost").parse(request([good, broken, other], service="sparkpost"))
    assert [type(one) for one in found] == [InboundMessage, Unclear, InboundMessage]
    assert "Event 2 of 3" in found[1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("service", ["postmark", "mailgun", "sparkpost"])
@pytest.mark.parametrize("content", [{}, [], [1], "x", None, {"RecordType": 1}, {"event-data": []}, {"msys": 1}])
def test_what_is_none_of_a_services_webhooks_is_unreadable(service: str, content: Any) -> None:
    body = json.dumps(content).encode()
    made = replace(request({}, service=service), body=body, headers={"content-type": "application/json"})
    if service == "sparkpost" and content == []:
        assert adapter(service).parse(made) == []
        return
    try:
        found = adapter(service).parse(made)
    except Unreadable as error:
        assert error.text
    else:
        assert not any(isinstance(one, InboundMessage | DeliveryUpdate) for one in found)


@pytest.mark.parametrize("name", MAILS_IN)
def test_anymails_own_reading_says_the_same(name: str) -> None:
    """A service that needs no reading of its own is read as Anymail reads it."""
    service = name.partition("/")[0]

    by_anymail = type("ByAnymail", (SERVICES[service],), {"mail_in": EspAdapter.mail_in})
    (found,) = by_anymail(adapter(service).connection).parse(request(payload(name), service=service))
    (ours,) = items(name)
    assert isinstance(found, InboundMessage) and isinstance(ours, InboundMessage)
    assert (found.text, found.subject, found.sender) == (ours.text, ours.subject, ours.sender)
    assert (found.provider_message_id, found.recipient) == (ours.provider_message_id, ours.recipient)


def test_anymails_own_reading_brings_files() -> None:
    content = payload("postmark/inbound_attachments")
    content["Attachments"] = content["Attachments"][:2]  # it can't read a mail within that is in no UTF-8
    (event,) = PostmarkInboundWebhookView(webhook_secret=SECRET).parse_events(
        django_request(request(content, service="postmark"))
    )
    mail = parse_mail(esp_anymail.mail_of(event).raw)
    assert [(one.name, one.content_type, one.is_inline) for one in mail.attachments] == [
        ("photo.png", "image/png", True),
        ("bill.pdf", "application/pdf", False),
    ]


TEXT = st.text(max_size=60)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    headers=st.lists(st.tuples(TEXT, TEXT), max_size=6), text=TEXT, html=TEXT,
    files=st.lists(st.tuples(TEXT, TEXT, st.binary(max_size=40), TEXT), max_size=3),
)  # fmt: skip
def test_whatever_the_pieces_are_the_mail_holds_together(
    headers: list[tuple[str, str]], text: str, html: str, files: list[tuple[str, str, bytes, str]]
) -> None:
    raw = rebuilt(headers, text, html, [MailPart(*one) for one in files])
    assert raw == rebuilt(headers, text, html, [MailPart(*one) for one in files])
    root = PartReader(raw).read()
    bodies, *parts = root.children
    assert len(bodies.children) == bool(text) + bool(html)
    assert [part.content for part in parts] == [one[2] for one in files]


DSN = (
    "From: MAILER-DAEMON@customer.example\r\nTo: help@shop.example\r\nSubject: Undelivered\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n--x\r\n\r\nSorry.\r\n--x\r\n'
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
    "Final-Recipient: rfc822;jo@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x\r\n"
    "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@shop.example>\r\n\r\n--x--\r\n"
)
