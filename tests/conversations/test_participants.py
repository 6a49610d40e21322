"""Everybody on a mail: who takes part, who stands beside, and who starts a conversation of their own."""

from __future__ import annotations

from typing import Any

import pytest

from ai_tier1 import turn_queue
from conversations import recipients
from conversations.actions import actors, participants, people, replying
from conversations.models import Channel, Conversation, Message, Participant
from customers.assurance import Assurance
from customers.models import Customer, Identity
from customers.organisations import are_colleagues
from helpdesk.accounts.models import User
from tests import build

pytestmark = pytest.mark.django_db

KIM, LEE, EVE = "kim@customer.example", "lee@customer.example", "eve@elsewhere.example"


@pytest.fixture
def mail() -> Channel:
    return build.channel("email")


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def states(conversation: Conversation) -> dict[str, str]:
    return dict(conversation.participants.values_list("address", "state"))


def asked(mail: Channel, **more: Any) -> Message:
    """Jo's first mail; whoever answers it names its Message-ID."""
    more.setdefault("rfc_message_id", "<first@customer.example>")
    return build.mail(mail, **more).message


def answers(mail: Channel, sender: str, **more: Any) -> Message:
    more.setdefault("references", ("<first@customer.example>",))
    return build.mail(mail, f"A word from {sender}", sender=sender, **more).message


def test_whoever_is_copied_takes_part_and_answers_in_the_same_conversation(mail: Channel) -> None:
    first = asked(mail, cc=build.people(KIM))
    second = answers(mail, KIM, sender_name="Kim")
    assert second.conversation == first.conversation
    assert (second.thread_rule, second.author_name) == ("reference", "Kim")
    assert second.identity is not None and second.identity.customer != first.conversation.customer
    assert Conversation.objects.get(pk=first.conversation.pk).customer == first.identity.customer  # type: ignore[union-attr]
    assert states(first.conversation) == {KIM: "in"}


def test_who_else_read_a_mail_is_kept_without_our_own_addresses(mail: Channel) -> None:
    build.channel("email", address="sales@shop.example", aliases=["hello@shop.example"])
    ours = ("help@shop.example", "help+abc@shop.example", "sales@shop.example", "hello@shop.example")
    message = asked(mail, to=build.people(*ours, KIM), cc=build.people(LEE, KIM, build.JO_MAIL))
    kept = list(message.recipients.order_by("pk").values_list("field", "address", "name"))
    assert kept == [("to", KIM, "Kim"), ("cc", LEE, "Lee")]


def test_being_named_makes_no_customer_and_no_identity(mail: Channel) -> None:
    asked(mail, cc=build.people(KIM, LEE))
    assert Customer.objects.count() == 1
    assert not Identity.objects.filter(address=KIM).exists()


def test_a_stranger_with_our_reference_starts_a_conversation_beside(mail: Channel) -> None:
    first = asked(mail, cc=build.people(KIM))
    message = answers(mail, EVE)
    assert message.conversation != first.conversation
    assert (message.thread_rule, message.conversation.linked_to) == ("stranger_with_reference", first.conversation)
    assert states(first.conversation) == {KIM: "in"}


def test_a_verified_colleague_is_shown_marked_and_answered_by_nobody_until_let_in(mail: Channel, ada: User) -> None:
    first = asked(mail)
    replying.reply(first.conversation, replying.Outgoing("In two days."), by=actors.agent(ada), user=ada)
    message = answers(mail, LEE)
    assert (message.conversation, message.thread_rule) == (first.conversation, "colleague")
    assert states(first.conversation) == {LEE: "beside"}
    assert not turn_queue.is_for_tier1(message)
    reply = replying.reply(first.conversation, replying.Outgoing("To Jo"), by=actors.agent(ada), user=ada)
    assert reply.identity == first.identity, "the newest word is the colleague's, and does not count"

    again = answers(mail, LEE, references=("<first@customer.example>",))
    assert (again.conversation, again.thread_rule) == (first.conversation, "colleague"), "having written lets nobody in"
    participant = Participant.objects.get()
    participants.let_in(first.conversation, participant, by=actors.agent(ada), user=ada)
    assert states(first.conversation) == {LEE: "let_in"}
    third = answers(mail, LEE)
    assert third.thread_rule == "reference"
    reply = replying.reply(first.conversation, replying.Outgoing("To Lee"), by=actors.agent(ada), user=ada)
    assert reply.identity == third.identity


@pytest.mark.parametrize("level", [Assurance.PRESENTED, Assurance.CLAIMED])
def test_a_colleague_whom_nothing_proves_is_a_stranger(mail: Channel, level: Assurance) -> None:
    first = asked(mail)
    assert answers(mail, LEE, assurance=level).conversation != first.conversation
    assert states(first.conversation) == {}


def test_a_colleagues_forward_starts_anew(mail: Channel) -> None:
    first = asked(mail)
    assert answers(mail, LEE, is_forward=True).conversation != first.conversation


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jo@customer.example", "lee@mail.customer.example", True),
        ("jo@customer.co.uk", "lee@other.co.uk", False),
        ("jo@gmail.com", "eve@gmail.com", False),
        ("jo@web.de", "eve@web.de", False),
        ("jo@yahoo.co.uk", "eve@yahoo.co.uk", False),
        ("jo@customer.example", "eve@elsewhere.example", False),
    ],
)
def test_colleagues_share_a_domain_that_is_not_everybodys(one: str, other: str, same: bool) -> None:
    assert are_colleagues(one, other) is same


def test_a_mail_that_nothing_proves_brings_nobody_into_a_conversation_that_goes_on(mail: Channel) -> None:
    first = asked(mail)
    build.mail(mail, "Copying Eve", assurance=Assurance.PRESENTED, cc=build.people(EVE))
    assert states(first.conversation) == {EVE: "beside"}
    build.mail(mail, "Copying Kim", cc=build.people(KIM))
    assert states(first.conversation) == {EVE: "beside", KIM: "in"}


def test_a_first_mail_without_a_verdict_brings_its_readers_along(mail: Channel) -> None:
    first = asked(mail, assurance=Assurance.PRESENTED, cc=build.people(KIM))
    assert states(first.conversation) == {KIM: "in"}


def test_what_is_surely_not_its_senders_word_brings_in_nobody(mail: Channel) -> None:
    first = asked(mail, assurance=Assurance.CLAIMED, cc=build.people(KIM))
    assert states(first.conversation) == {KIM: "beside"}


def test_a_machine_brings_in_nobody(mail: Channel) -> None:
    first = asked(mail, automatic="auto_reply", cc=build.people(KIM))
    assert states(first.conversation) == {}


def test_the_customer_naming_a_colleague_lets_her_in(mail: Channel, ada: User) -> None:
    first = asked(mail)
    answers(mail, LEE)
    build.mail(mail, "Lee may read this", cc=build.people(LEE))
    assert states(first.conversation) == {LEE: "let_in"}


def test_nobody_brings_others_in_while_standing_beside(mail: Channel) -> None:
    first = asked(mail)
    answers(mail, LEE, cc=build.people(EVE))
    assert states(first.conversation) == {LEE: "beside", EVE: "beside"}


def test_the_customers_other_address_is_nobody_else(mail: Channel) -> None:
    first = asked(mail)
    Identity.objects.create(
        customer=first.conversation.customer, kind="email", address="jo@home.example", assurance=Assurance.CONFIRMED
    )
    build.mail(mail, "To my own as well", cc=build.people("jo@home.example"))
    assert states(first.conversation) == {}


def test_those_who_take_part_go_along_when_conversations_join(mail: Channel) -> None:
    first = asked(mail, cc=build.people(KIM, LEE))
    second = build.mail(mail, sender="jo@home.example", cc=build.people(KIM, EVE)).message.conversation
    people.join(second.customer, into=first.conversation.customer, reason="by_hand", evidence={}, by=actors.SYSTEM)
    assert states(first.conversation) == {KIM: "in", LEE: "in", EVE: "in"}
    assert answers(mail, EVE).conversation == first.conversation


def test_an_answer_to_all_keeps_those_who_take_part_where_they_stood(mail: Channel) -> None:
    first = asked(mail, to=build.people(KIM, "help@shop.example"), cc=build.people(LEE))
    assert first.identity is not None
    found = recipients.reply_all(first.conversation, mail, first.identity)
    assert [[one.address for one in field] for field in (found.to, found.cc, found.bcc)] == [
        [build.JO_MAIL, KIM],
        [LEE],
        [],
    ]
    third = answers(mail, KIM, to=build.people("help@shop.example", build.JO_MAIL, EVE), assurance=Assurance.PRESENTED)
    assert third.identity is not None
    found = recipients.reply_all(first.conversation, mail, third.identity)
    assert [one.address for one in found.to] == [KIM, build.JO_MAIL], "Eve came by a mail that nothing proves"
