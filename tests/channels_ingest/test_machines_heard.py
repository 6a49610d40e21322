"""What machines tell us of mails we sent, and what forms send us, through the doors and into the inbox."""

from __future__ import annotations

import pytest

from channels_ingest import ledger, processing
from channels_ingest.models import Connection, InboundEvent
from conversations import reach
from conversations.actions import actors, delivering, replying
from conversations.actions.replying import Outgoing
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Message
from customers.actions import consent
from customers.assurance import Assurance
from customers.models import Customer
from tests import build
from tests.channels_ingest.email.mails import mail, payload
from tests.channels_ingest.signing import mail_post

pytestmark = pytest.mark.django_db
OURS = "<out-81@acme.example>"


@pytest.fixture
def channel() -> Channel:
    return build.channel("email", address="support@acme.example")


@pytest.fixture
def sent(channel: Channel) -> Message:
    """An answer of ours to Jo, on its way with a Message-ID."""
    asked = build.mail(channel).message
    answer = replying.reply(asked.conversation, Outgoing("It left today."), by=actors.SYSTEM)
    delivering.issue_address(answer.delivery.pk, rfc_message_id=OURS, token="t" * 26)
    delivering.note_sent(answer.delivery.pk, Progress("sent", provider_message_id=OURS))
    answer.refresh_from_db()
    return answer


def received(channel: Channel, raw: bytes, *, attempts: int = 1) -> InboundEvent:
    assert mail_post(channel, raw).status_code == 200
    event = InboundEvent.objects.latest("pk")
    for _ in range(attempts):
        InboundEvent.objects.filter(pk=event.pk, state="received").update(not_before=event.received_at)
        processing.process(event.pk)
    event.refresh_from_db()
    return event


def bounce(about: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    return (
        payload("bounce_postfix").replace(b"<out-77@acme.example>", about.encode()).replace(b"5.1.1", status.encode())
    )


def test_a_bounce_marks_the_delivery_and_opens_nothing(channel: Channel, sent: Message) -> None:
    before = Conversation.objects.count()

    assert received(channel, bounce(OURS)).state == "processed"

    sent.refresh_from_db()
    assert sent.delivery_state == "failed" and sent.delivery_error
    assert Conversation.objects.count() == before


def test_a_forged_bounce_harms_nobody(channel: Channel, sent: Message) -> None:
    event = received(channel, bounce("<guessed@acme.example>"), attempts=processing.STATUS_WAITS)

    sent.refresh_from_db()
    assert sent.delivery_state == "sent"
    assert (event.state, bool(event.reason)) == ("ignored", True)


def test_a_delayed_mail_is_still_on_its_way(channel: Channel, sent: Message) -> None:
    raw = payload("bounce_delayed").replace(b"<out-79@acme.example>", OURS.encode())

    assert received(channel, raw).state == "ignored"

    sent.refresh_from_db()
    assert sent.delivery_state == "sent"


def test_whoever_complains_gets_no_more_mail(channel: Channel, sent: Message) -> None:
    received(channel, payload("complaint"))

    assert sent.identity is not None
    assert consent.is_stopped(sent.identity, "email")
    assert not any(way.is_open for way in reach.ways(sent.identity, [channel]))


def test_a_forged_complaint_stops_nobody(channel: Channel, sent: Message) -> None:
    raw = payload("complaint").replace(OURS.encode(), b"<guessed@acme.example>")

    received(channel, raw, attempts=processing.STATUS_WAITS)

    assert sent.identity is not None
    assert not consent.is_stopped(sent.identity, "email")


@pytest.mark.parametrize(
    "name", ["out_of_office_exchange", "out_of_office_without_headers", "newsletter", "read_receipt"]
)
def test_a_machine_reopens_nothing_and_waits_for_nobody(channel: Channel, name: str) -> None:
    event = received(channel, payload(name))

    assert event.state == "processed"
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.waiting_since) == ("resolved", None)


# Forms and relays


def form(number: int, **headers: str) -> bytes:
    fields = {
        "from": "forms@acme.example",
        "reply-to": "jo@customer.example",
        "message-id": f"<f{number}@acme.example>",
    }
    return mail(f"Name: Jo\nMessage: question {number}", **{**fields, **headers})


def test_each_form_is_a_conversation_of_its_own_and_answered_to_its_writer_alone(channel: Channel) -> None:
    known = build.mail(channel, "An older matter").message

    received(channel, form(1))
    received(channel, form(2))

    first, second = Message.objects.exclude(pk=known.pk).order_by("pk")
    assert first.conversation_id != second.conversation_id
    assert known.conversation_id not in (first.conversation_id, second.conversation_id)
    for one in (first, second):
        assert one.assurance == Assurance.CLAIMED
        assert one.conversation.customer_id != known.conversation.customer_id
        answer = replying.reply(one.conversation, Outgoing("Yes."), by=actors.SYSTEM)
        assert answer.identity is not None and answer.identity.address == "jo@customer.example"


def test_a_listed_relay_that_names_nobody_is_nobody(channel: Channel) -> None:
    Connection.objects.update(settings={"relay_senders": ["orders@market.example"]})

    for number in range(2):
        received(channel, form(number, **{"from": "Market <orders@market.example>", "reply-to": ""}))

    assert Conversation.objects.count() == Customer.objects.count() == 2
    assert {message.identity for message in Message.objects.all()} == {None}


def test_one_mail_to_two_of_our_addresses_is_one_message_in_each(channel: Channel) -> None:
    sales = build.channel("email", address="sales@acme.example", at=channel.desk)
    raw = mail(to="support@acme.example, sales@acme.example")

    for each in (channel, sales):
        received(each, raw)

    assert sorted(Message.objects.values_list("channel", flat=True)) == sorted([channel.pk, sales.pk])
    counts = ledger.counts()
    assert counts["received"] == counts["processed"] == 2
