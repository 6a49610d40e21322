"""What comes to the doors: genuine, forged, spoilt. Everything is stored, only what is genuine does anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from channels_ingest import ledger, processing, views
from channels_ingest.models import Connection, InboundEvent
from conversations.models import Channel, Conversation, Message
from customers.models import Customer, Identity
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.signing import FORM, mail_post, signature, twilio_fields, twilio_post

pytestmark = pytest.mark.django_db
MAIL = (
    f"From: Jo <{build.JO_MAIL}>\r\nTo: help@shop.example\r\nSubject: Kettle\r\n"
    "Message-ID: <k1@customer.example>\r\n\r\nIt is broken.\r\n"
).encode()


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


@pytest.fixture
def mail() -> Channel:
    return build.channel("email")


def only_event() -> InboundEvent:
    return InboundEvent.objects.get()


def processed() -> InboundEvent:
    """The newest request, handled as the worker would."""
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    assert_counts_add_up()
    return event


def assert_counts_add_up() -> None:
    counts = ledger.counts()
    assert counts["received"] == sum(number for name, number in counts.items() if name != "received")
    assert counts["received"] == InboundEvent.objects.count() + sum(
        InboundEvent.objects.values_list("repeat_count", flat=True)
    )


def assert_nothing_was_written() -> None:
    assert not Conversation.objects.exists() and not Message.objects.exists()
    assert not Customer.objects.exists() and not Identity.objects.exists()
    assert not Event.objects.exists()


def test_a_signed_text_becomes_a_message(sms: Channel) -> None:
    answer = twilio_post(sms, twilio_fields(sms))
    assert (answer.status_code, answer.content.decode(), answer["Content-Type"]) == (200, "<Response/>", "text/xml")
    assert only_event().state == "received"
    event = processed()
    assert event.state == "processed"
    message = Message.objects.get()
    assert event.outcome["messages"] == [message.pk]
    assert (message.text, message.identity and message.identity.address) == ("Where is my parcel?", build.JO_PHONE)
    assert Connection.objects.get().last_inbound_at is not None


@pytest.mark.parametrize("forged", ["", "bm9uc2Vuc2U=", "\x00\xff", "x" * 5000])
def test_an_unsigned_or_wrongly_signed_text_is_kept_and_writes_nothing(sms: Channel, forged: str) -> None:
    answer = twilio_post(sms, twilio_fields(sms), signed=forged)
    assert answer.status_code == 403
    event = only_event()
    assert (event.state, event.is_verified, bool(event.reason)) == ("quarantined", False, True)
    processing.process(event.pk)
    assert_nothing_was_written()
    assert_counts_add_up()


def test_a_text_signed_for_another_account_is_refused(sms: Channel) -> None:
    answer = twilio_post(sms, twilio_fields(sms, AccountSid="AC" + "9" * 32))
    assert (answer.status_code, only_event().reason) == (403, "wrong account")
    assert_nothing_was_written()


def test_a_text_signed_for_another_channels_address_is_refused(sms: Channel) -> None:
    other = build.channel("sms", address="+15005550002", at=sms.desk)
    fields = twilio_fields(sms)
    answer = twilio_post(sms, fields, signed=signature(f"/webhooks/{other.pk}/", fields))
    assert answer.status_code == 403


def test_a_truncated_text_is_refused(sms: Channel) -> None:
    fields = twilio_fields(sms)
    body = urlencode(fields).encode()
    assert twilio_post(sms, fields, body=body[: len(body) // 2]).status_code == 403
    assert_nothing_was_written()


def test_of_a_forged_request_only_the_beginning_is_kept(sms: Channel) -> None:
    assert twilio_post(sms, twilio_fields(sms, "x" * 300_000), signed="no").status_code == 403
    event = only_event()
    assert len(event.body) == ledger.MAX_UNVERIFIED_BYTES < event.size


def test_a_forged_copy_does_not_take_the_place_of_the_genuine_request(sms: Channel) -> None:
    fields = twilio_fields(sms)
    assert twilio_post(sms, fields, signed="forged").status_code == 403
    assert twilio_post(sms, fields).status_code == 200
    assert processed().state == "processed"
    assert Message.objects.count() == 1
    assert twilio_post(sms, fields, signed="forged").status_code == 403
    assert ledger.counts() == {
        "received": 3, "waiting": 0, "processed": 1, "ignored": 0, "duplicate": 1, "quarantined": 1, "dead": 0,
    }  # fmt: skip


def test_a_repeat_is_answered_counted_and_done_once(sms: Channel) -> None:
    fields = twilio_fields(sms)
    for _ in range(3):
        assert twilio_post(sms, fields).status_code == 200
    processed()
    assert twilio_post(sms, fields).status_code == 200
    processed()
    assert Message.objects.count() == 1
    assert ledger.counts()["received"] == 4 and ledger.counts()["duplicate"] == 3


def test_one_message_in_two_wordings_is_one_message(sms: Channel) -> None:
    """A retry may carry other fields: the ledger sees two requests, the domain one message."""
    twilio_post(sms, twilio_fields(sms))
    processed()
    twilio_post(sms, twilio_fields(sms, FromCity="OSLO"))
    event = processed()
    assert event.state == "duplicate"
    assert event.outcome["duplicates"] == [Message.objects.get().pk]


def test_nul_bytes_and_unknown_fields_do_no_harm(sms: Channel) -> None:
    fields = twilio_fields(sms, "before\x00after", Tomorrow="a field of tomorrow", **{"Od\x00d": "\x00"})
    assert twilio_post(sms, fields).status_code == 200
    assert processed().state == "processed"
    assert Message.objects.get().text == "beforeafter"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"EventType": "onMessageAdded"}, "MessageSid"),
        ({"MessageSid": "SM1", "MessageStatus": "teleported"}, "unknown status"),
        ({"MessageSid": "SM1"}, "neither"),
    ],
)
def test_a_genuine_request_of_an_unknown_kind_is_kept_with_its_reason(
    sms: Channel, fields: dict[str, str], reason: str
) -> None:
    assert twilio_post(sms, {**fields, "AccountSid": build.TWILIO["account_sid"]}).status_code == 200
    event = processed()
    assert event.state == "quarantined" and reason in event.reason
    assert_nothing_was_written()


def test_a_short_codes_text_is_kept_and_answered_by_nobody(sms: Channel) -> None:
    twilio_post(sms, twilio_fields(sms, "Your parcel code is 123456", From="72645"))
    assert processed().state == "processed"
    assert (Message.objects.get().is_automatic, Conversation.objects.get().state) == (True, "resolved")


def test_a_request_to_no_channel_is_not_found() -> None:
    for number in ("0", "999999", "9" * 40):
        assert Client().post(f"/webhooks/{number}/").status_code == 404


def test_a_channel_without_a_connection_keeps_and_refuses(sms: Channel) -> None:
    Connection.objects.all().delete()
    assert twilio_post(sms, twilio_fields(sms)).status_code == 403
    assert only_event().reason == "This channel has no connection."


def test_a_retired_connection_still_verifies(sms: Channel) -> None:
    Connection.objects.update(is_active=False)
    Connection.objects.create(
        channel=sms, provider="twilio_sms", credentials={"account_sid": "AC2", "auth_token": "new"}
    )
    assert twilio_post(sms, twilio_fields(sms)).status_code == 200
    assert processed().state == "processed"


def test_every_method_is_answered_and_none_raises(sms: Channel) -> None:
    for method in ("get", "put", "patch", "delete", "head", "options"):
        assert getattr(Client(), method)(f"/webhooks/{sms.pk}/").status_code == 403


def test_odd_queries_and_headers_are_kept(sms: Channel) -> None:
    answer = Client().post(
        f"/webhooks/{sms.pk}/?q=%00%ff&\u00fc=1",
        b"\x00\xff",
        content_type=FORM,
        headers={"x-odd": "\u00fc\x01", "authorization": "Bearer secret-of-somebody", "cookie": "session=1"},
    )
    assert answer.status_code == 403
    headers = only_event().headers
    assert "x-odd" in headers and not {"authorization", "cookie"} & set(headers)
    assert "secret-of-somebody" not in str(headers)


def test_a_mail_with_the_secret_becomes_a_message(mail: Channel) -> None:
    assert mail_post(mail, MAIL).status_code == 200
    assert processed().state == "processed"
    message = Message.objects.get()
    assert (message.text, message.subject, message.author_name) == ("It is broken.", "Kettle", "Jo")


@pytest.mark.parametrize("secret", ["", "wrong", "mail-secre", "mail-secret2", "\xff"])
def test_a_mail_without_the_secret_is_kept_and_writes_nothing(mail: Channel, secret: str) -> None:
    assert mail_post(mail, MAIL, secret=secret).status_code == 403
    assert only_event().state == "quarantined"
    assert_nothing_was_written()


def test_a_mail_without_a_sender_is_somebody_nobody_knows(mail: Channel) -> None:
    assert mail_post(mail, b"Subject: Hello\r\n\r\nWho am I?\r\n").status_code == 200
    assert processed().state == "processed"
    assert Message.objects.get().identity is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"From: jo@customer.example\r\nSubject: Only a subject\r\n\r\n", ""),
        (b"From: jo@customer.example\r\nSubject: Only a subject", ""),
        (
            b"From: jo@customer.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n",
            "Gr\u00fc\u00dfe",
        ),
        (
            b"From: jo@customer.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xfc\xdfe aus K\xf6ln\r\n",
            "Gr\u00fc\u00dfe aus K\u00f6ln",
        ),
        (b"From: jo@customer.example\r\n\r\nbe\x00fore\r\n", "before"),
        (
            b"From: jo@customer.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
            b"Content-Type: text/plain\r\n\r\nCut off in the mid",
            "Cut off in the mid",
        ),
    ],
)
def test_a_spoilt_mail_is_read_as_far_as_it_goes(mail: Channel, raw: bytes, text: str) -> None:
    assert mail_post(mail, raw).status_code == 200
    event = processed()
    assert event.state == "processed", event.error or event.reason
    assert Message.objects.get().text == text


def test_what_is_no_mail_is_kept_with_its_reason(mail: Channel) -> None:
    assert mail_post(mail, MAIL, content_type="application/json").status_code == 200
    assert processed().state == "quarantined"
    assert mail_post(mail, b"\r\n\r\n").status_code == 200
    assert processed().state == "quarantined"
    assert_nothing_was_written()


def test_a_mail_that_is_too_large_is_refused_and_its_beginning_kept(
    mail: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_BODY_BYTES", 1000)
    stored = InboundEvent.objects.filter(state="received")
    accept, waiting = ledger.accept, []

    def accept_and_look(*args: Any, **more: Any) -> Any:
        accepted = accept(*args, **more)
        waiting.append(stored.count())
        return accepted

    monkeypatch.setattr(ledger, "accept", accept_and_look)
    assert mail_post(mail, MAIL + b"x" * 2000).status_code == 413
    assert waiting == [0], "a sweeper would take half a mail for a whole one"
    event = only_event()
    assert (event.state, len(event.body)) == ("quarantined", 1000)
    assert_nothing_was_written()


def test_a_large_mail_below_the_limit_is_taken(mail: Channel) -> None:
    assert mail_post(mail, MAIL + b"A long story. " * 400_000).status_code == 200
    event = processed()
    assert event.state == "processed", event.error
    assert len(Message.objects.get().text) <= 5_700_000


def replay(event: InboundEvent) -> Any:
    grace = User.objects.filter(name="Grace").first() or build.user("Grace", User.Role.ADMIN)
    headers = {"authorization": f"Bearer {build.token(grace)}"}
    return Client().post(f"/api/v1/inbound-events/{event.pk}/replay/", headers=headers)


def test_a_replay_makes_nothing_twice(sms: Channel) -> None:
    twilio_post(sms, twilio_fields(sms))
    event = processed()
    assert replay(event).status_code == 202
    event = processed()
    assert event.state == "duplicate"
    assert Message.objects.count() == Conversation.objects.get().message_count == 1


def test_what_failed_again_and_again_lies_dead_until_it_is_replayed(
    sms: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conversations.actions import receiving

    whole = receiving.receive
    monkeypatch.setattr(receiving, "receive", lambda arrival: 1 / 0)
    twilio_post(sms, twilio_fields(sms))
    for _ in range(ledger.GIVE_UP_AFTER):
        InboundEvent.objects.update(not_before=timezone.now())
        event = processed()
    assert event.state == "dead" and "ZeroDivisionError" in event.error
    monkeypatch.setattr(receiving, "receive", whole)
    assert replay(event).status_code == 202
    assert processed().state == "processed"
    assert Message.objects.count() == 1


def test_a_refused_request_can_be_replayed_once_the_connection_is_mended(sms: Channel) -> None:
    """A wrong token in the settings must not cost a message: Twilio does not send it again."""
    right = Connection.objects.get().credentials
    connection = Connection.objects.get()
    connection.credentials = {**right, "auth_token": "mistyped"}
    connection.save()
    assert twilio_post(sms, twilio_fields(sms)).status_code == 403
    assert replay(only_event()).status_code == 400
    connection.credentials = right
    connection.save()
    assert replay(only_event()).status_code == 202
    assert processed().state == "processed"
    assert Message.objects.get().text == "Where is my parcel?"


def test_a_forged_request_can_never_be_replayed(sms: Channel) -> None:
    twilio_post(sms, twilio_fields(sms), signed="forged")
    answer = replay(only_event())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    processing.process(only_event().pk)
    assert_nothing_was_written()


def test_a_replay_beside_the_genuine_request_stays_where_it_is(sms: Channel) -> None:
    connection = Connection.objects.get()
    right, connection.credentials = connection.credentials, {**connection.credentials, "auth_token": "mistyped"}
    connection.save()
    twilio_post(sms, twilio_fields(sms))
    refused = only_event()
    connection.credentials = right
    connection.save()
    twilio_post(sms, twilio_fields(sms))
    processed()
    assert replay(refused).status_code == 400
    assert Message.objects.count() == 1
    assert_counts_add_up()


def test_the_screen_of_the_ledger_shows_sums_and_single_requests(sms: Channel) -> None:
    twilio_post(sms, twilio_fields(sms))
    twilio_post(sms, twilio_fields(sms), signed="no")
    processed()
    grace = build.user("Grace", User.Role.ADMIN)
    headers = {"authorization": f"Bearer {build.token(grace)}"}

    def get(path: str) -> Any:
        return Client().get(f"/api/v1/inbound-events/{path}", headers=headers).json()

    assert get("counts/")["received"] == 2
    assert get(f"counts/?channel={sms.pk}")["received"] == 2
    (refused,) = get("?state=quarantined")["results"]
    assert "body" not in refused and refused["is_verified"] is False
    assert "MessageSid" in get(f"{refused['id']}/")["body"]
