"""What happens at the same moment on connections of its own: one customer, one conversation, true counters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection

from conversations.actions import actors, assignment, people, replying, state
from conversations.models import Channel, Conversation, Delivery, Message
from customers.assurance import Assurance
from customers.models import Challenge, Customer, Identity, Merge
from helpdesk.events.models import Event
from tests import build
from tests.races import at_once
from tests.transactional import commits

pytestmark = commits
OTHER_PHONE = "+15005550007"


def deadlock_count() -> int:
    """How many deadlocks PostgreSQL has broken up in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def no_deadlock() -> Iterator[None]:
    """A deadlock is retried, but it costs a second: the lock order should leave none."""
    before = deadlock_count()
    yield
    assert deadlock_count() == before


def text(channel: Channel, number: int, sender: str = build.JO_PHONE) -> Callable[[], Any]:
    return lambda: build.sms(channel, f"Text {number}", sender=sender, sid=f"SMrace{number}")


def code_of(session: Identity, kind: str = "phone", address: str = build.JO_PHONE) -> str:
    """Claim an address in a chat and read the code that went there."""
    challenge = people.claim_and_challenge(session, kind, address, as_seen=address)
    assert challenge is not None
    secret = Delivery.objects.exclude(secret=None).latest("pk").secret
    return str(secret["text"])[:6]


def visitor(chat: Channel, name: str = "v_jo") -> Identity:
    identity = build.chat(chat, visitor=name).message.identity
    assert identity is not None
    return identity


def assert_counters_are_true() -> None:
    for conversation in Conversation.objects.filter(merged_into=None):
        assert conversation.message_count == conversation.messages.count()
        kinds = set(conversation.messages.exclude(author_kind="system").values_list("channel__kind", flat=True))
        assert set(conversation.channel_kinds) == kinds


def test_twenty_first_texts_of_one_new_number_make_one_conversation() -> None:
    channel = build.channel("sms")
    received = at_once([text(channel, number) for number in range(20)])
    assert all(one.is_new for one in received)
    assert Customer.objects.count() == Conversation.objects.count() == Identity.objects.count() == 1
    assert Message.objects.count() == 20
    conversation = build.conversation()
    assert (conversation.message_count, conversation.unread_count) == (20, 20)
    assert Event.objects.filter(type="message.created").exclude(seq=None).count() == 20


def test_one_text_delivered_three_times_at_once_makes_one_message() -> None:
    channel = build.channel("sms")
    received = at_once([text(channel, 1)] * 3)
    assert sorted(one.is_new for one in received) == [False, False, True]
    assert len({one.message.pk for one in received}) == 1
    assert build.conversation().message_count == 1


def test_one_text_without_a_sender_delivered_three_times_at_once_makes_one_message() -> None:
    from conversations.actions.receiving import Arrival, receive

    channel = build.channel("sms")
    received = at_once([lambda: receive(Arrival(channel, None, "Code 1", provider_message_id="SM1"))] * 3)
    assert sorted(one.is_new for one in received) == [False, False, True]
    assert Customer.objects.count() == Conversation.objects.count() == Message.objects.count() == 1


def test_one_chat_message_resent_three_times_at_once_makes_one_message() -> None:
    chat = build.channel("chat")
    received = at_once([lambda: build.chat(chat, client_id="one")] * 3)
    assert sorted(one.is_new for one in received) == [False, False, True]
    assert build.conversation().message_count == 1


@pytest.mark.parametrize("round_number", range(3))
def test_two_channels_of_a_known_customer_at_once_make_one_conversation(round_number: int) -> None:
    sms, mail = build.channel("sms"), build.channel("email")
    customer = Customer.objects.create(name="Jo")
    for kind, address in (("phone", build.JO_PHONE), ("email", build.JO_MAIL)):
        customer.identities.create(kind=kind, address=address, assurance=Assurance.CONFIRMED)
    at_once([lambda: build.sms(sms), lambda: build.mail(mail)])
    conversation = build.conversation()
    assert set(conversation.channel_kinds) == {"sms", "email"}
    assert conversation.message_count == 2


def test_eight_channels_of_a_known_customer_keep_every_change_of_the_record() -> None:
    """Two messages that each change the customer must not undo each other's version."""
    sms = build.channel("sms")
    customer = Customer.objects.create()
    numbers = [f"+1500555{number:04}" for number in range(10, 18)]
    for number in numbers:
        customer.identities.create(kind="phone", address=number, assurance=Assurance.VOUCHED)
    at_once([text(sms, number, sender) for number, sender in enumerate(numbers)])
    customer.refresh_from_db()
    assert customer.version == 1 + len(numbers)
    assert Conversation.objects.count() == 1


def test_a_proof_and_a_text_at_once_end_in_one_conversation() -> None:
    sms, chat = build.channel("sms"), build.channel("chat")
    session = visitor(chat)
    code = code_of(session)
    at_once([lambda: people.prove(session, code), text(sms, 1), lambda: build.chat(chat, "Are you there?")])
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert Conversation.objects.filter(merged_into=None).count() == 1
    assert_counters_are_true()
    assert set(build.conversation().channel_kinds) == {"sms", "chat"}
    owner = Identity.objects.get(kind="phone", assurance__gte=Assurance.PRESENTED)
    assert owner.assurance == Assurance.CONFIRMED


def test_two_sessions_that_prove_one_number_at_once_are_one_customer() -> None:
    build.channel("sms")
    chat = build.channel("chat")
    sessions = [visitor(chat, f"v_{number}") for number in range(2)]
    codes = [code_of(session) for session in sessions]
    proved = at_once([partial(people.prove, session, code) for session, code in zip(sessions, codes, strict=True)])
    assert all(proved)
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert Merge.objects.count() == 1
    assert Identity.objects.filter(kind="phone", assurance__gte=Assurance.PRESENTED).count() == 1
    assert_counters_are_true()


def test_one_code_given_twice_at_once_is_taken_once() -> None:
    sms, chat = build.channel("sms"), build.channel("chat")
    build.sms(sms)
    session = visitor(chat)
    code = code_of(session)
    proved = at_once([lambda: people.prove(session, code)] * 2)
    assert sum(one is not None for one in proved) == 1
    assert Merge.objects.count() == 1


def test_guesses_at_once_are_counted_one_by_one() -> None:
    build.channel("sms")
    session = visitor(build.channel("chat"))
    code = code_of(session)
    wrong = [f"{(int(code) + number) % 1_000_000:06}" for number in range(1, 9)]
    assert at_once([partial(people.prove, session, guess) for guess in wrong]) == [None] * 8
    assert Challenge.objects.get().attempt_count == 5
    assert people.prove(session, code) is None


def test_proofs_that_cross_make_one_customer_and_no_deadlock() -> None:
    """Two records, each proving the other's address in the same moment."""
    sms, chat = build.channel("sms"), build.channel("chat")
    first, second = visitor(chat, "v_1"), visitor(chat, "v_2")
    assert people.prove(first, code_of(first)) and people.prove(second, code_of(second, address=OTHER_PHONE))
    codes = code_of(first, address=OTHER_PHONE), code_of(second)
    at_once(
        [
            lambda: people.prove(first, codes[0]),
            lambda: people.prove(second, codes[1]),
            text(sms, 1),
            text(sms, 2, OTHER_PHONE),
        ]
    )
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert_counters_are_true()


def test_agents_and_the_customer_at_once_keep_the_counters_true() -> None:
    sms = build.channel("sms")
    build.sms(sms, sid="SMfirst")
    conversation, ada, lin = build.conversation(), build.user("Ada"), build.user("Lin")

    def reply(number: int) -> Callable[[], Any]:
        outgoing = replying.Outgoing(f"Answer {number}", client_id=f"r{number}")
        return lambda: replying.reply(conversation, outgoing, by=actors.agent(ada), user=ada)

    at_once(
        [
            *[text(sms, number) for number in range(5)],
            *[reply(number % 3) for number in range(6)],
            lambda: assignment.assign(conversation, to=ada, team=None, by=actors.agent(lin)),
            lambda: assignment.assign(conversation, to=lin, team=None, by=actors.agent(ada)),
            lambda: state.resolve(conversation, by=actors.agent(ada)),
            lambda: state.mark_read(conversation, by=actors.agent(lin)),
            lambda: replying.add_note(conversation, "Careful", by=lin, client_id="n1"),
            lambda: replying.add_note(conversation, "Careful", by=lin, client_id="n1"),
        ]
    )
    conversation.refresh_from_db()
    assert_counters_are_true()
    assert conversation.messages.count() == 1 + 5 + 3
    assert conversation.notes.count() == 1
    assert conversation.assignee in (ada, lin)
    opened = Event.objects.filter(type="conversation.reopened").count()
    assert conversation.reopened_count == opened
    # Every change made the row newer: no two of them wrote the same version.
    changes = Event.objects.filter(conversation_id=conversation.pk).exclude(
        type__in=["delivery.queued", "conversation.opened", "conversation.reopened", "conversation.transferred"]
    )
    assert conversation.version == 1 + changes.count()


def test_a_repeat_that_is_seen_late_leaves_no_customer_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first message is committed between our first look and the customer that we made for the second."""
    from conversations.actions import receiving

    arrival = receiving.Arrival(build.channel("sms"), None, "Code 1", provider_message_id="SM1")
    first = receiving.receive(arrival)
    looks: list[Message | None] = [None]
    look = receiving._known
    monkeypatch.setattr(receiving, "_known", lambda *args: looks.pop() if looks else look(*args))
    again = receiving.receive(arrival)
    assert (again.is_new, again.message) == (False, first.message)
    assert Customer.objects.count() == Conversation.objects.count() == 1
