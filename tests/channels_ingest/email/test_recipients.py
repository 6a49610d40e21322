"""Raw mails to several people: who read them, and which address of ours they came to."""

from __future__ import annotations

import pytest

from channels_ingest import processing
from channels_ingest.models import InboundEvent
from conversations.models import Channel, Message
from tests import build
from tests.channels_ingest.signing import mail_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> Channel:
    return build.channel("email", aliases=["orders@shop.example"])


def take(channel: Channel, headers: str, *, sender: str = build.JO_MAIL, number: int = 1) -> Message:
    """A raw mail through the door."""
    raw = (
        f"From: Jo <{sender}>\r\nMessage-ID: <{number}@customer.example>\r\n{headers}\r\nSubject: Kettle\r\n\r\nHi\r\n"
    )
    assert mail_post(channel, raw.encode()).status_code == 200
    done = processing.process(InboundEvent.objects.latest("pk").pk)
    assert done is not None and done.state == "processed", done and done.reason
    return Message.objects.get(pk=done.outcome["messages"][0])


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ("To: Help@Shop.Example", "help@shop.example"),
        ("To: Kim <kim@customer.example>\r\nCc: Orders <orders@shop.example>", "orders@shop.example"),
        ("To: kim@customer.example\r\nBcc: orders@shop.example", "orders@shop.example"),
        ("Delivered-To: orders@shop.example\r\nTo: kim@customer.example", "orders@shop.example"),
        ("X-Original-To: orders+sale@shop.example\r\nTo: undisclosed-recipients:;", "orders@shop.example"),
        ("Delivered-To: box-17@host.example\r\nTo: kim@customer.example", ""),
    ],
)
def test_our_address_is_found_wherever_it_stands(mail: Channel, headers: str, ours: str) -> None:
    message = take(mail, headers)
    assert message.our_address == ours
    assert {one.address for one in message.recipients.all()} <= {"kim@customer.example"}


def test_everybody_named_is_kept_once_with_name_and_field(mail: Channel) -> None:
    headers = (
        "To: =?utf-8?q?J=C3=B6rg?= <JOERG@Customer.Example>, help@shop.example\r\n"
        "Cc: joerg@customer.example, no address, team: lee@customer.example, lee@customer.example;"
    )
    rows = take(mail, headers).recipients.order_by("pk").values_list("field", "address", "address_as_seen", "name")
    assert list(rows) == [
        ("to", "joerg@customer.example", "JOERG@customer.example", "Jörg"),
        ("cc", "lee@customer.example", "lee@customer.example", ""),
    ]


def test_what_another_channel_of_ours_wrote_is_answered_by_nobody(mail: Channel) -> None:
    build.channel("email", address="sales@shop.example")
    message = take(mail, "To: help@shop.example", sender="sales@shop.example")
    assert (message.is_automatic, message.not_work) == (True, "auto_reply")


def test_a_thousand_readers_are_taken_in_bounded_number(mail: Channel) -> None:
    crowd = ", ".join(f"p{number}@customer.example" for number in range(1000))
    message = take(mail, f"To: help@shop.example\r\nCc: {crowd}")
    assert message.recipients.count() == message.conversation.participants.count() == 50
