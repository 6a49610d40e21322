"""Scheduled messages: they leave at their time, unless the customer writes first, and tell when they can't."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import actors, delivering, holding, keywords, scheduling, state
from conversations.actions.receiving import Received
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Message
from customers.actions import consent
from helpdesk.accounts.models import User
from tests import build
from tests.conversations.waiting_to_leave import again, events, let_go, stood, tomorrow, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


@pytest.fixture
def conversation(sms: Channel) -> Conversation:
    return build.sms(sms).message.conversation


def test_until_a_scheduled_message_leaves_the_customer_waits(ada: User, conversation: Conversation) -> None:
    before = stood(conversation)
    at = tomorrow()
    message = write(ada, conversation, send_at=at)
    assert (message.unsaid, message.held_until, message.scheduled_for) == ("later", at, at)
    assert stood(conversation) == {**before, "unread_count": 0, "scheduled_at": at}

    let_go(message)
    now = stood(conversation)
    assert (now["waiting_since"], now["scheduled_at"], now["preview"]) == (None, None, "It left on Monday.")
    assert again(message).scheduled_for == at


@pytest.mark.parametrize("kind", ["email", "whatsapp", "chat"])
def test_every_channel_that_writes_can_wait(kind: str, ada: User) -> None:
    channel = build.channel(kind)
    arrive: dict[str, Callable[[Channel], Received]] = {
        "email": build.mail,
        "whatsapp": build.whatsapp,
        "chat": build.chat,
    }
    message = write(ada, arrive[kind](channel).message.conversation, send_at=tomorrow())
    assert message.unsaid == "later"
    let_go(message)
    assert again(message).unsaid == ""


def test_a_time_that_is_over_or_too_far_is_refused(ada: User, conversation: Conversation) -> None:
    for at in (timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(days=400)):
        with pytest.raises(holding.BadTime):
            write(ada, conversation, send_at=at)
    assert not Message.objects.filter(direction="outbound").exists()


def test_nothing_can_be_scheduled_in_a_call(ada: User) -> None:
    call = build.call(build.channel("phone"))
    conversation = build.said(call).message.conversation
    with pytest.raises(holding.BadTime, match="call"):
        write(ada, conversation, channel=call.channel, send_at=tomorrow())


def test_the_customer_who_writes_first_stops_it(ada: User, sms: Channel, conversation: Conversation) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    wrote = build.sms(sms, "It is here!").message
    assert again(message).unsaid == "wrote_first"
    assert stood(conversation)["scheduled_at"] is None
    assert let_go(message) == [None]
    (event,) = events("message.cancelled")
    assert (event.facts["why"], event.facts["wrote"], event.actor_kind) == ("wrote_first", wrote.pk, "customer")
    assert stood(conversation)["waiting_since"] is not None


def test_a_word_on_another_channel_of_the_conversation_stops_it(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    whatsapp = build.channel("whatsapp")
    assert build.whatsapp(whatsapp, "It is here!").message.conversation == conversation
    assert again(message).unsaid == "wrote_first"


@pytest.mark.parametrize(
    ("text", "more"),
    [("Thanks!", {}), ("I am away", {"automatic": "auto_reply"}), ("👍", {"not_work": "reaction"})],
)
def test_what_asks_for_nothing_stops_nothing(
    text: str, more: dict[str, str], ada: User, sms: Channel, conversation: Conversation
) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    assert build.sms(sms, text, **more).message.conversation == conversation
    assert again(message).unsaid == "later"


def test_somebody_who_stands_beside_stops_nothing(ada: User) -> None:
    mail = build.channel("email")
    conversation = build.mail(mail, rfc_message_id="<first@customer.example>").message.conversation
    message = write(ada, conversation, send_at=tomorrow())
    lee = build.mail(mail, "Me too", sender="lee@customer.example", references=("<first@customer.example>",)).message
    assert lee.conversation == conversation
    assert again(message).unsaid == "later"


def test_it_leaves_anyway_where_its_agent_or_the_desk_says_so(
    ada: User, sms: Channel, conversation: Conversation
) -> None:
    insisted = write(ada, conversation, send_at=tomorrow(), sends_anyway=True)
    sms.desk.sends_anyway = True
    sms.desk.save()
    by_default = write(ada, conversation, send_at=tomorrow())
    gives_way = write(ada, conversation, send_at=tomorrow(), sends_anyway=False)
    build.sms(sms, "It is here!")
    assert [again(one).unsaid for one in (insisted, by_default, gives_way)] == ["later", "later", "wrote_first"]


def test_stop_lets_nothing_leave_and_brings_the_conversation_back(
    ada: User, sms: Channel, conversation: Conversation
) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    state.resolve(conversation, by=actors.agent(ada))
    build.sms(sms, "STOP", opt_out="stop")
    assert again(message).unsaid == "later"
    assert let_go(message) == [None]
    row = again(message)
    assert (row.unsaid, row.delivery_state) == ("", "failed")
    now = stood(conversation)
    assert (now["state"], now["unread_count"] > 0) == ("open", True)
    (event,) = events("message.undelivered")
    assert event.facts["message"] == message.pk
    assert events("conversation.reopened")[-1].facts["why"] == "not_delivered"


def test_a_refusal_leaves_the_customer_waiting(ada: User, sms: Channel, conversation: Conversation) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    waiting = stood(conversation)["waiting_since"]
    identity = message.identity
    assert identity is not None
    consent.note(identity, consent.Wish("sms", "stop", source="agent", words="Said so"), by=actors.SYSTEM)
    let_go(message)
    assert stood(conversation)["waiting_since"] == waiting is not None


def test_a_provider_that_refuses_it_hours_later_brings_the_conversation_back(
    ada: User, conversation: Conversation
) -> None:
    waiting = stood(conversation)["waiting_since"]
    message = write(ada, conversation, send_at=tomorrow())
    state.snooze(conversation, until=tomorrow(), by=actors.agent(ada))
    let_go(message)
    assert stood(conversation)["state"] == "snoozed"
    failed = Progress("failed", error="No such number", error_code="30005")
    delivering.note_sent(message.delivery.pk, failed)
    now = stood(conversation)
    assert (now["state"], now["unread_count"], now["waiting_since"]) == ("open", 1, waiting)
    assert len(events("message.undelivered")) == 1


def test_a_window_that_closed_meanwhile_is_told_with_the_way_out(ada: User) -> None:
    conversation = build.whatsapp(build.channel("whatsapp")).message.conversation
    message = write(ada, conversation, send_at=tomorrow() + timedelta(hours=1))
    Message.objects.filter(direction="inbound").update(created_at=timezone.now() - timedelta(hours=25))
    assert let_go(message) == [None]
    row = again(message)
    assert (row.delivery_state, row.wants_template) == ("failed", True)
    assert events("message.undelivered")


def test_another_time_counts_from_then_on(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    later = tomorrow() + timedelta(hours=2)
    row = scheduling.reschedule(message, later, by=actors.agent(ada), sends_anyway=True)
    assert (row.held_until, row.scheduled_for, row.sends_anyway) == (later, later, True)
    assert message.delivery.not_before == later
    assert stood(conversation)["scheduled_at"] == later
    (event,) = events("message.rescheduled")
    assert event.actor_id == ada.pk
    with pytest.raises(holding.BadTime):
        scheduling.reschedule(message, timezone.now() - timedelta(hours=1), by=actors.agent(ada))


def test_the_list_knows_the_next_of_several(ada: User, conversation: Conversation) -> None:
    first, second = tomorrow(), tomorrow() + timedelta(hours=1)
    message = write(ada, conversation, send_at=first)
    write(ada, conversation, send_at=second)
    assert stood(conversation)["scheduled_at"] == first
    scheduling.cancel(message, by=actors.agent(ada))
    assert stood(conversation)["scheduled_at"] == second


def test_to_spam_nothing_leaves(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    state.mark_spam(conversation, by=actors.agent(ada))
    assert again(message).unsaid == "taken_back"
    assert stood(conversation)["state"] == "spam"


def test_help_and_other_wishes_stop_nothing(ada: User, sms: Channel, conversation: Conversation) -> None:
    message = write(ada, conversation, send_at=tomorrow())
    arrived = build.sms(sms, "START", opt_out="start").message
    assert keywords.meant("start", arrived.identity, sms) and again(message).unsaid == "later"
