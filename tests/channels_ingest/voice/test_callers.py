"""Who calls: a number withheld or shown, one conversation, the answer that follows by text."""

from __future__ import annotations

import pytest

from conversations.actions import actors, replying, state
from conversations.models import Channel, Message
from customers.models import Customer, Identity
from tests import build
from tests.channels_ingest.voice.caller import Caller
from tests.channels_ingest.voice.tier1 import answers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "shown", ["anonymous", "Restricted", "unavailable", "", "+266696687", "+7378742833", "+2562533", "sip:a@b.example"]
)
def test_a_withheld_number_is_nobody_and_somebody_new_each_time(phone: Channel, shown: str) -> None:
    first, second = Caller(phone, shown), Caller(phone, shown)
    for caller in (first, second):
        caller.call()
        caller.say("Where is my parcel?")
        answers(caller)
        assert "three days" in caller.wait()
        caller.say("And my invoice?")
    assert not Identity.objects.exists()
    assert Customer.objects.count() == 2
    assert len({one.conversation_id for one in first.said}) == 1
    assert {one.conversation_id for one in first.said}.isdisjoint({one.conversation_id for one in second.said})


def test_a_shown_number_joins_and_is_never_greeted_by_name_nor_told_anything_old(phone: Channel) -> None:
    texts = build.channel("sms")
    build.sms(texts, "My order 10442 has not come")
    Customer.objects.update(name="Jo Mendes")
    replying.reply(build.conversation(), replying.Outgoing("It is in Leeds"), by=actors.agent(build.user()))

    jo = Caller(phone)
    heard = [jo.call(), jo.say("Where is it?"), jo.wait(), jo.wait(), jo.wait()]

    assert build.conversation().channel_kinds == ["sms", "phone"]
    assert not any(word in " ".join(heard) for word in ("Jo", "Mendes", "10442", "Leeds"))
    assert jo.said[0].assurance == 20 or jo.said[0].get_assurance_display() == "presented"


def test_all_turns_stay_in_one_conversation_even_if_it_is_resolved_meanwhile(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("Where is my parcel?")
    answers(jo)
    jo.wait()
    state.resolve(build.conversation(), by=actors.SYSTEM)
    jo.say("And my invoice?")
    assert build.conversation().state == "open"
    assert jo.said[-1].thread_rule == "reference"


def test_the_whole_answer_follows_as_a_text_to_the_callers_own_number(phone: Channel) -> None:
    texts = build.channel("sms")
    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    answers(jo, "Three days.", full="Three days to the mainland, five to the islands.")
    assert "Shall I text you" in jo.wait()
    assert "text is on its way" in jo.say("Yes, please.")
    jo.repeat()

    (text,) = Message.objects.filter(channel=texts)
    assert (text.text, text.conversation, text.identity) == (
        "Three days to the mainland, five to the islands.",
        build.conversation(),
        jo.row.identity,
    )
    assert text.delivery_state == "queued"


@pytest.mark.parametrize("why_not", ["no channel", "withheld", "fixed line", "stopped", "no"])
def test_no_text_is_sent_where_it_was_not_wanted_or_can_not_arrive(phone: Channel, why_not: str) -> None:
    texts = None if why_not == "no channel" else build.channel("sms")
    number = {"withheld": "anonymous", "fixed line": "+442079460000"}.get(why_not, build.JO_PHONE)
    if texts and why_not == "stopped":
        build.sms(texts, "STOP", opt_out="stop")
    caller = Caller(phone, number)
    caller.call()
    caller.say("How long does delivery take?")
    answers(caller, "Three days.", full="Three days to the mainland, five to the islands.")
    heard = caller.wait()
    if why_not == "no":
        assert "anything else" in caller.say("No")
    else:
        assert "text" not in heard
    assert not Message.objects.filter(channel__kind="sms", direction="outbound").exists()


def test_an_agents_reply_to_a_live_call_is_spoken(phone: Channel) -> None:
    ada = build.user()
    jo = Caller(phone)
    jo.call()
    jo.say("Where is my parcel?")
    said = replying.reply(
        build.conversation(), replying.Outgoing("See https://shop.example: it is **here**.", channel=phone),
        by=actors.agent(ada), user=ada,
    )  # fmt: skip
    assert jo.wait().startswith("See it is here.")
    said.refresh_from_db()
    assert said.delivery_state == "delivered"
