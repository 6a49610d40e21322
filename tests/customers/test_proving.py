"""A claim reveals and joins nothing; a code that comes back does."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from channels_ingest.widget import rows, session, tokens
from conversations.actions import actors, assignment, people, replying, tier1
from conversations.models import Channel, Conversation, Delivery, Message
from customers.actions import proving
from customers.assurance import Assurance
from customers.models import Challenge, Customer, Identity, Merge
from helpdesk.accounts.models import User
from helpdesk.events import log
from helpdesk.events.models import Event
from tests import build

pytestmark = pytest.mark.django_db
SECRET_TEXT = "My parcel 4711 never came, my door code is 9988"


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


@pytest.fixture
def chat() -> Channel:
    return build.channel("chat")


@pytest.fixture
def visitor(chat: Channel) -> Identity:
    return chatting(chat)


def chatting(chat: Channel, name: str = "v_jo", text: str = "Hello, is somebody there?") -> Identity:
    """A browser's session that has said something."""
    identity = build.chat(chat, text, visitor=name).message.identity
    assert identity is not None
    return identity


def claim(visitor: Identity, address: str = build.JO_PHONE, kind: str = "phone") -> Challenge | None:
    return people.claim_and_challenge(visitor, kind, address, as_seen=address)


def code(visitor: Identity, address: str = build.JO_PHONE, kind: str = "phone") -> str:
    """Claim an address and read the code where it went."""
    assert claim(visitor, address, kind) is not None
    secret = Delivery.objects.exclude(secret=None).latest("pk").secret
    return str(secret["text"])[:6]


def api(path: str) -> Any:
    grace = User.objects.filter(name="Grace").first() or build.user("Grace", User.Role.ADMIN)
    return Client().get(f"/api/v1/{path}", headers={"authorization": f"Bearer {build.token(grace)}"}).json()


def window(chat: Channel, name: str = "v_jo") -> str:
    """All that the chat window holds, as text."""
    return json.dumps([session.hello(chat, name), session.news(name, 0)], default=str)


def test_a_claimed_address_finds_nobody(sms: Channel, visitor: Identity) -> None:
    claim(visitor, "+15005550009")
    assert api("customers/?identity=%2B15005550009")["results"] == []


def test_a_claim_of_somebodys_address_shows_and_joins_nothing(sms: Channel, chat: Channel) -> None:
    build.sms(sms, SECRET_TEXT)
    owner = Customer.objects.get()
    visitor = chatting(chat, text=f"I am {build.JO_PHONE}")
    claim(visitor)
    log.publish()

    assert "4711" not in window(chat) and build.JO_PHONE not in window(chat).replace(f"I am {build.JO_PHONE}", "")
    (found,) = api(f"customers/?identity=%2B{build.JO_PHONE[1:]}")["results"]
    assert found["id"] == owner.pk
    assert Customer.objects.filter(merged_into=None).count() == 2
    assert Merge.objects.count() == 0
    assert Conversation.objects.filter(merged_into=None).count() == 2
    facts = json.dumps(list(Event.objects.values_list("facts", flat=True)))
    assert "4711" not in facts and build.JO_PHONE not in facts


def test_a_known_and_an_unknown_address_look_the_same_to_who_claims_them(sms: Channel, chat: Channel) -> None:
    build.sms(sms)
    seen = []
    for name, address in (("v_1", build.JO_PHONE), ("v_2", "+15005550009")):
        visitor = chatting(chat, name)
        assert session.claim(name, address)
        (row,) = [rows.challenge_row(one) for one in rows.open_challenges(visitor)]
        seen.append({key: row[key] for key in ("channel_kind", "state", "version")})
    assert seen[0] == seen[1]


def test_a_code_stands_nowhere_but_in_the_sealed_delivery(
    sms: Channel, visitor: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        given = code(visitor)
        people.prove(visitor, "x")
        people.prove(visitor, given)
    assert not Message.objects.filter(text__contains=given).exists()
    assert not Conversation.objects.filter(preview__contains=given).exists()
    assert given not in json.dumps(list(Event.objects.values_list("facts", flat=True)))
    assert given not in Challenge.objects.get().code_digest
    logged = [one.getMessage() for one in caplog.records if one.name != "django.db.backends"]
    assert not any(given in line for line in logged)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM conversations_delivery WHERE secret IS NOT NULL")
        assert all(given not in row[0] for row in cursor.fetchall())


def test_a_right_code_proves_the_address_and_joins_the_records(sms: Channel, chat: Channel) -> None:
    build.sms(sms)
    owner, home = Customer.objects.get(), build.conversation()
    visitor = chatting(chat)
    newcomer = visitor.customer

    challenge = people.prove(visitor, code(visitor))

    assert challenge is not None and challenge.proved_at is not None
    newcomer.refresh_from_db()
    assert newcomer.merged_into == owner
    merge = Merge.objects.get()
    assert (merge.kept, merge.merged, merge.reason) == (owner, newcomer, "proved_address")
    assert merge.evidence == {"challenge": challenge.pk}
    assert visitor.pk in merge.moved["identities"]
    conversation = build.conversation()
    assert conversation == home
    assert set(conversation.channel_kinds) == {"sms", "chat"}
    phone = Identity.objects.get(kind="phone", assurance__gte=Assurance.PRESENTED)
    assert (phone.customer, phone.assurance) == (owner, Assurance.CONFIRMED)


def test_a_proof_of_an_address_nobody_had_confirms_it_for_the_visitor(sms: Channel, visitor: Identity) -> None:
    assert people.prove(visitor, code(visitor)) is not None
    phone = Identity.objects.get(kind="phone")
    assert (phone.customer, phone.assurance) == (visitor.customer, Assurance.CONFIRMED)
    assert Merge.objects.count() == 0
    assert build.sms(sms).message.conversation == build.conversation()


def test_a_proof_joins_the_record_that_an_agent_vouched_for(sms: Channel, chat: Channel) -> None:
    jo = Customer.objects.create(name="Jo")
    jo.identities.create(kind="phone", address=build.JO_PHONE, assurance=Assurance.VOUCHED)
    visitor = chatting(chat)
    people.prove(visitor, code(visitor))
    assert Identity.objects.get(pk=visitor.pk).customer == jo


def test_a_joined_conversation_keeps_what_both_had(sms: Channel, chat: Channel) -> None:
    ada = build.user("Ada")
    build.sms(sms, "One")
    home = build.conversation()
    assignment.assign(home, to=ada, team=None, by=actors.agent(ada))
    visitor = chatting(chat)
    other = Message.objects.get(identity=visitor).conversation
    brief = tier1.Brief("wanted_person", "The customer asked for a person", wish="A refund")
    handoff = tier1.hand_off(other, brief, to=None)
    replying.add_note(other, "Sounds worried", by=ada)
    before = {one.pk: one for one in Conversation.objects.all()}
    given = code(visitor)

    people.prove(visitor, given)

    conversation = build.conversation()
    assert conversation == home
    assert conversation.assignee == ada
    assert conversation.tier1_state == "handed_off"
    assert handoff is not None and conversation.handoffs.get() == handoff
    assert conversation.notes.count() == 1
    assert conversation.unread_count == before[home.pk].unread_count + before[other.pk].unread_count
    assert conversation.message_count == conversation.messages.count() == 3
    assert set(conversation.channel_kinds) == {"sms", "chat"}
    assert conversation.waiting_since == before[home.pk].waiting_since
    other.refresh_from_db()
    assert other.merged_into == home
    joined = Event.objects.get(type="conversation.joined")
    assert joined.conversation_id == home.pk and joined.facts["joined"] == other.pk


def test_a_visitors_assignee_and_team_come_along_where_the_other_has_none(sms: Channel, chat: Channel) -> None:
    from helpdesk.accounts.models import Team

    ada, team = build.user("Ada"), Team.objects.create(name="Returns")
    build.sms(sms)
    visitor = chatting(chat)
    assignment.assign(Message.objects.get(identity=visitor).conversation, to=ada, team=team, by=actors.agent(ada))
    people.prove(visitor, code(visitor))
    assert (build.conversation().assignee, build.conversation().team) == (ada, team)


def test_a_join_leaves_nobody_waiting_in_a_snoozed_conversation(sms: Channel, chat: Channel) -> None:
    from conversations.actions import state

    visitor = chatting(chat)
    build.sms(sms, "Hello")
    home = Message.objects.get(channel=sms).conversation
    state.snooze(home, until=timezone.now() + timedelta(days=1), by=actors.SYSTEM)
    given = code(visitor)
    Conversation.objects.filter(pk=home.pk).update(last_message_at=timezone.now() + timedelta(minutes=1))
    people.prove(visitor, given)
    assert (build.conversation().state, build.conversation().snoozed_until) == ("open", None)


def test_the_window_shows_the_proved_addresss_own_words_and_no_more(sms: Channel, chat: Channel) -> None:
    mail = build.channel("email")
    build.sms(sms, "From the phone")
    jo = Customer.objects.get()
    jo.identities.create(kind="email", address=build.JO_MAIL, assurance=Assurance.CHANNEL)
    build.mail(mail, "From the mail")
    visitor = chatting(chat)
    people.prove(visitor, code(visitor))
    log.publish()
    shown = window(chat)
    assert "From the phone" in shown
    assert "From the mail" not in shown


def test_wrong_codes_end_the_challenge_after_five(sms: Channel, visitor: Identity) -> None:
    given = code(visitor)
    wrong = f"{(int(given) + 1) % 1_000_000:06}"
    for _ in range(proving.MAX_ATTEMPTS):
        assert people.prove(visitor, wrong) is None
    assert people.prove(visitor, given) is None
    assert not Challenge.objects.get().is_open
    assert Event.objects.filter(type="challenge.failed").count() == 5
    assert Identity.objects.get(kind="phone").assurance == Assurance.CLAIMED


@pytest.mark.parametrize("guess", ["", "12345", "1234567", "abcdef", "\x00" * 6, "١٢٣٤٥٦", "000 000"])
def test_odd_guesses_are_wrong_and_nothing_else(sms: Channel, visitor: Identity, guess: str) -> None:
    given = code(visitor)
    if guess.replace(" ", "") != given:
        assert not session.verify(visitor.address, guess)
    assert session.verify(visitor.address, f" {given[:3]} {given[3:]} ")


def test_an_address_gets_few_codes_whoever_asks(sms: Channel, chat: Channel) -> None:
    made = [claim(chatting(chat, f"v_{number}")) for number in range(proving.MAX_PER_ADDRESS + 2)]
    assert sum(one is not None for one in made) == proving.MAX_PER_ADDRESS
    assert Delivery.objects.exclude(secret=None).count() == proving.MAX_PER_ADDRESS


def test_a_session_gets_few_codes_whatever_it_claims(sms: Channel, visitor: Identity) -> None:
    made = [claim(visitor, f"+150055500{number}") for number in range(10, 17)]
    assert sum(one is not None for one in made) == proving.MAX_PER_SESSION


def test_codes_may_be_asked_for_again_after_an_hour(sms: Channel, visitor: Identity) -> None:
    for _ in range(5):
        claim(visitor)
    with time_machine.travel(timezone.now() + proving.LIMIT_WINDOW + timedelta(minutes=1), tick=True):
        assert claim(visitor) is not None


def test_a_code_is_too_old_after_ten_minutes(sms: Channel, visitor: Identity) -> None:
    given = code(visitor)
    with time_machine.travel(timezone.now() + proving.CODE_LIFETIME + timedelta(seconds=1), tick=True):
        assert people.prove(visitor, given) is None


def test_only_the_newest_code_counts(sms: Channel, visitor: Identity) -> None:
    first = code(visitor)
    second = code(visitor)
    if first != second:
        assert people.prove(visitor, first) is None
    assert people.prove(visitor, second) is not None


def test_a_code_counts_only_in_the_session_that_asked(sms: Channel, chat: Channel, visitor: Identity) -> None:
    given = code(visitor)
    stranger = chatting(chat, "v_mallory")
    assert people.prove(stranger, given) is None
    claim(stranger)
    assert people.prove(stranger, given) is None or given == code(stranger)
    assert Identity.objects.get(kind="phone", customer=visitor.customer).assurance == Assurance.CLAIMED


def test_a_code_is_used_once(sms: Channel, visitor: Identity) -> None:
    given = code(visitor)
    assert people.prove(visitor, given) is not None
    assert people.prove(visitor, given) is None


def say(chat: Channel, text: str, client_id: str) -> session.Sent:
    return session.say(chat, "v_jo", tokens.issue("v_jo", chat.pk), client_id, text)


def test_a_code_typed_as_a_message_proves_and_asks_for_nothing(sms: Channel, chat: Channel, visitor: Identity) -> None:
    given = code(visitor)
    say(chat, f"{given[:3]} {given[3:]}", "c_code")
    assert Challenge.objects.get().proved_at is not None
    message = Message.objects.get(client_id="c_code")
    assert message.not_work == "code"
    assert given not in message.text.replace(" ", "")
    assert given not in build.conversation().preview.replace(" ", "")


def test_a_number_that_is_not_the_code_stays_a_message(sms: Channel, chat: Channel, visitor: Identity) -> None:
    given = code(visitor)
    order_number = f"{(int(given) + 1) % 1_000_000:06}"
    say(chat, order_number, "c_order")
    assert Message.objects.get(client_id="c_order").text == order_number
    assert Challenge.objects.get().proved_at is None


def test_an_address_typed_in_a_message_is_a_claim(sms: Channel, chat: Channel, visitor: Identity) -> None:
    say(chat, "You can text me at +1 500 555 0006 today", "c_claim")
    identity = Identity.objects.get(kind="phone")
    assert (identity.customer, identity.assurance) == (visitor.customer, Assurance.CLAIMED)
    say(chat, "As I said: +1 500 555 0006", "c_again")
    assert Challenge.objects.count() == 1


def test_our_own_address_in_a_message_is_no_claim(sms: Channel, chat: Channel, visitor: Identity) -> None:
    say(chat, f"Is {sms.address} your number?", "c_own")
    assert Challenge.objects.count() == 0


def test_proving_a_shared_address_joins_nobody(sms: Channel, chat: Channel) -> None:
    build.sms(sms, SECRET_TEXT)
    Identity.objects.filter(kind="phone").update(is_shared=True)
    visitor = chatting(chat)
    assert people.prove(visitor, code(visitor)) is not None
    assert Merge.objects.count() == 0
    assert Customer.objects.filter(merged_into=None).count() == 2
    log.publish()
    assert "4711" not in window(chat)
    assert all(Identity.objects.filter(kind="phone").values_list("is_shared", flat=True))


def test_a_shared_address_joins_no_conversation_by_being_the_only_one(sms: Channel) -> None:
    mail = build.channel("email")
    build.sms(sms)
    jo = Customer.objects.get()
    jo.identities.create(kind="email", address="info@firm.example", assurance=Assurance.CHANNEL, is_shared=True)
    received = build.mail(mail, sender="info@firm.example")
    assert received.message.thread_rule == "new"
    assert Conversation.objects.count() == 2


@pytest.mark.parametrize("carries", ["token", "message_id"])
def test_who_answers_a_code_that_somebody_else_asked_for_stays_in_her_own_thread(chat: Channel, carries: str) -> None:
    mail = build.channel("email")
    visitor = chatting(chat)
    claim(visitor, build.JO_MAIL, "email")
    sent = Message.objects.get(author_kind="system")
    assert sent.identity is not None
    sent.conversation.reply_tokens.create(token="t" * 26, identity=sent.identity, channel=mail)
    Message.objects.filter(pk=sent.pk).update(rfc_message_id="<code@shop.example>")
    marks: dict[str, dict[str, Any]] = {
        "token": {"reply_tokens": ("t" * 26,)},
        "message_id": {"references": ("<code@shop.example>",)},
    }

    received = build.mail(
        mail, "That was not me! My card ends 9988", subject="Re: Your code for Fernhill", **marks[carries]
    )

    assert received.message.conversation != sent.conversation
    assert received.message.conversation.linked_to is None
    assert received.message.conversation.customer != visitor.customer
    assert "9988" not in window(chat)


def test_who_proved_her_address_may_answer_the_mail_that_brought_the_code(chat: Channel) -> None:
    mail = build.channel("email")
    build.mail(mail, subject="Broken kettle")
    visitor = chatting(chat)
    people.prove(visitor, code(visitor, build.JO_MAIL, "email"))
    sent = Message.objects.get(author_kind="system")
    assert sent.identity is not None
    sent.conversation.reply_tokens.create(token="t" * 26, identity=sent.identity, channel=mail)

    received = build.mail(mail, "Here I am", subject="Re: Your code for Fernhill", reply_tokens=("t" * 26,))

    assert received.message.conversation == build.conversation()
