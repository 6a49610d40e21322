"""One person by number and by account: one customer, unless the number has been handed on."""

from __future__ import annotations

from functools import partial

import pytest

from conversations.models import Channel, Conversation, Message
from customers.assurance import Assurance
from customers.models import Customer, Identity, Merge
from helpdesk.events.models import Event
from tests import build
from tests.conversations.test_races import deadlock_count
from tests.races import at_once
from tests.transactional import commits

JO, OTHER = "US.111", "US.222"


@pytest.fixture
def channel(db: None) -> Channel:
    return build.channel("whatsapp")


def owner(address: str) -> Customer:
    return Identity.objects.get(address=address, assurance__gte=Assurance.PRESENTED).customer


def test_number_and_account_that_come_together_are_one_customer(channel: Channel) -> None:
    message = build.whatsapp(channel, user_id=JO).message
    customer = Customer.objects.get()
    found = {(one.kind, one.address, one.assurance) for one in customer.identities.all()}
    assert found == {("phone", build.JO_PHONE, Assurance.CHANNEL), ("whatsapp_user", JO, Assurance.CHANNEL)}
    assert message.identity is not None
    assert (message.identity.kind, message.assurance) == ("phone", Assurance.CHANNEL)


def test_a_number_known_by_sms_is_the_same_customer(channel: Channel) -> None:
    sms = build.sms(build.channel("sms")).message
    whatsapp = build.whatsapp(channel, user_id=JO).message
    assert whatsapp.conversation == sms.conversation
    assert Customer.objects.count() == 1
    assert owner(JO) == owner(build.JO_PHONE)
    # What the text proved by itself stays what it was.
    sms.refresh_from_db()
    assert (sms.assurance, whatsapp.assurance) == (Assurance.PRESENTED, Assurance.CHANNEL)


def test_an_account_that_later_hides_its_number_is_the_same_customer(channel: Channel) -> None:
    build.whatsapp(channel, user_id=JO)
    hidden = build.whatsapp(channel, "Me again", number="", user_id=JO).message
    assert Customer.objects.count() == Conversation.objects.count() == 1
    assert hidden.identity is not None and hidden.identity.kind == "whatsapp_user"


def test_an_account_that_later_shows_a_new_number_gets_it(channel: Channel) -> None:
    build.whatsapp(channel, number="", user_id=JO)
    build.whatsapp(channel, "And this is my number", user_id=JO)
    assert Customer.objects.count() == Conversation.objects.count() == 1
    assert owner(build.JO_PHONE) == owner(JO)


def test_two_records_that_turn_out_to_be_one_person_are_joined(channel: Channel) -> None:
    hidden = build.whatsapp(channel, "Hello", number="", user_id=JO).message
    text = build.sms(build.channel("sms")).message
    assert Customer.objects.count() == 2
    both = build.whatsapp(channel, "It's me", user_id=JO).message
    assert owner(JO) == owner(build.JO_PHONE) == text.conversation.customer
    assert Merge.objects.get().reason == "came_together"
    assert Conversation.objects.filter(merged_into=None).count() == 1
    hidden.refresh_from_db()
    assert hidden.conversation == both.conversation == build.conversation()
    assert build.conversation().message_count == Message.objects.count() == 3


def test_a_number_that_was_handed_on_does_not_bring_its_past_along(channel: Channel) -> None:
    old = build.whatsapp(channel, "My order 4711", user_id=JO).message
    new = build.whatsapp(channel, "Hi, my first message", user_id=OTHER).message
    assert new.conversation.customer != old.conversation.customer
    assert new.identity is not None
    assert (new.identity.kind, new.identity.address) == ("whatsapp_user", OTHER)
    assert [one.address for one in new.conversation.customer.identities.all()] == [OTHER]
    assert owner(build.JO_PHONE) == old.conversation.customer
    event = Event.objects.get(type="identity.kept_apart")
    assert event.facts["holder"] == old.conversation.customer_id
    assert event.facts["customer"] == new.conversation.customer_id
    again = build.whatsapp(channel, "Are you there?", user_id=OTHER).message
    assert again.conversation == new.conversation
    assert Event.objects.filter(type="identity.kept_apart").count() == 1
    assert build.whatsapp(channel, "Still me", user_id=JO).message.conversation == old.conversation


def test_a_shared_number_joins_nobody(channel: Channel) -> None:
    build.sms(build.channel("sms"))
    Identity.objects.update(is_shared=True)
    message = build.whatsapp(channel, user_id=JO).message
    assert Customer.objects.count() == 2
    assert message.identity is not None and message.identity.kind == "whatsapp_user"
    assert Event.objects.get(type="identity.kept_apart").facts["why"] == "shared"


def test_a_claim_on_the_account_is_no_owner(channel: Channel) -> None:
    liar = Customer.objects.create(name="Max")
    liar.identities.create(kind="phone", address=build.JO_PHONE, assurance=Assurance.CLAIMED)
    liar.identities.create(kind="whatsapp_user", address=JO, assurance=Assurance.CLAIMED)
    build.whatsapp(channel, user_id=JO)
    assert owner(JO) == owner(build.JO_PHONE) != liar


@commits
@pytest.mark.parametrize("round_number", range(3))
def test_twenty_first_messages_of_one_number_by_sms_and_whatsapp_are_one_customer(round_number: int) -> None:
    before = deadlock_count()
    sms, whatsapp = build.channel("sms"), build.channel("whatsapp")
    texts = [partial(build.sms, sms, f"Text {number}", sid=f"SM{number}") for number in range(10)]
    chats = [
        partial(build.whatsapp, whatsapp, f"Chat {number}", user_id=JO, provider_message_id=f"wamid.{number}")
        for number in range(7)
    ]
    hidden = [
        partial(build.whatsapp, whatsapp, f"Hidden {n}", number="", user_id=JO, provider_message_id=f"wamid.h{n}")
        for n in range(3)
    ]
    at_once([*texts, *chats, *hidden])
    assert Customer.objects.filter(merged_into=None).count() == 1
    conversation = Conversation.objects.get(merged_into=None)
    assert conversation.message_count == Message.objects.count() == 20
    assert {one.kind for one in Identity.objects.all()} == {"phone", "whatsapp_user"}
    assert Identity.objects.count() == 2
    assert deadlock_count() == before
