"""Turn by turn: heard, answered in time or filled, said once."""

from __future__ import annotations

from typing import Any

import pytest

from channels_ingest.models import CallTurn, InboundEvent
from channels_ingest.voice import script
from conversations.actions import replying, tier1
from conversations.models import Channel, Handoff, Message
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.voice.caller import Caller
from tests.channels_ingest.voice.tier1 import answers, entries

pytestmark = pytest.mark.django_db


def test_a_call_is_greeted_heard_answered_and_recorded_turn_by_turn(phone: Channel) -> None:
    jo = Caller(phone)
    assert "Welcome to Fernhill" in jo.call()
    assert "One moment" in jo.say("How long does delivery take?")
    answer = answers(jo)

    assert jo.wait() == "Delivery takes three days. Is there anything else?"
    answer.refresh_from_db()
    assert answer.delivery_state == "delivered"
    assert "Goodbye" in jo.say("No, thank you.")
    assert jo.heard.find("Hangup") is not None

    jo.hang_up(102)
    assert (jo.row.state, jo.row.outcome, jo.row.seconds) == ("ended", "answered", 102)
    (question, goodbye) = jo.said
    assert (question.text, question.author_kind, question.channel) == (
        "How long does delivery take?",
        "customer",
        phone,
    )
    assert (goodbye.text, goodbye.not_work) == ("No, thank you.", "goodbye")
    conversation = build.conversation()
    assert [one.type for one in entries(conversation)] == ["call.started", "call.closing", "call.ended"]
    assert entries(conversation)[-1].facts == {"call": jo.row.pk, "outcome": "answered", "seconds": 102}
    assert [turn.number for turn in CallTurn.objects.order_by("number")] == [0, 1, 2]
    assert not InboundEvent.objects.exclude(state="processed").exists()


def test_an_answer_that_is_there_in_time_needs_no_filler(phone: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    jo = Caller(phone)
    jo.call()
    heard = iter([False, True])

    def comes_while_she_waits(*_: Any) -> None:
        if next(heard, False):
            answers(jo)

    monkeypatch.setattr(script, "HELD_SECONDS", 4.0)
    look = script.decide

    def decide(facts: script.Facts) -> script.Step | None:
        if facts.at == "ask":
            comes_while_she_waits()
        return look(facts)

    monkeypatch.setattr(script, "decide", decide)
    assert "Delivery takes three days." in jo.say("How long does delivery take?")


def test_patience_ends_at_people_after_twelve_seconds(phone: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    jo = Caller(phone)
    jo.call()
    fillers = [jo.say("Where is my parcel?"), jo.wait(), jo.wait()]
    assert len(set(fillers)) == 3
    assert all(one and "message" not in one for one in fillers)

    last = jo.wait()

    assert "longer than it should" in last and "after the tone" in last
    conversation = build.conversation()
    assert conversation.tier1_state == "handed_off"
    assert Handoff.objects.get().wish == "Where is my parcel?"
    # What the tier-1 thinks of now is too late: a person has it.
    with pytest.raises(replying.Overtaken):
        answers(jo)


def test_twelve_seconds_count_from_the_callers_words(phone: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("Where is my parcel?")
    CallTurn.objects.filter(number=1).update(created_at=jo.row.started_at.replace(year=2020))
    assert "longer than it should" in jo.wait()


def test_silence_is_asked_about_in_other_words_and_ends_at_people(phone: Channel) -> None:
    jo = Caller(phone)
    heard = [jo.call(), jo.keep_silent(), jo.keep_silent(), jo.keep_silent()]
    assert len(set(heard)) == 4
    assert "after the tone" in heard[-1]


def test_what_was_hardly_recognised_is_asked_again_and_marked(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    assert "say it once more" in jo.say("Mumble mumble", confidence="0.12")
    jo.say("Where is my parcel?", confidence="0.44")
    mumbled, question = jo.said
    assert (mumbled.not_work, mumbled.heard_confidence) == ("unclear", 0.12)
    assert (question.not_work, question.heard_confidence) == ("", 0.44)
    facts = Event.objects.filter(type="message.created").order_by("-pk").first()
    assert facts is not None and facts.facts["heard_confidence"] == 0.44


def test_the_same_request_again_hears_the_same_and_makes_nothing(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    filler = jo.document
    answers(jo)
    jo.repeat()
    assert jo.document == filler
    jo.wait()
    answer = jo.document
    assert "three days" in answer
    jo.repeat()
    assert jo.document == answer
    assert Message.objects.count() == 2
    assert CallTurn.objects.count() == 2


def test_an_answer_is_never_heard_twice(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    answers(jo)
    assert "three days" in jo.wait()
    assert "three days" not in jo.say("And what does it cost?")


def test_a_question_that_the_tier1_asks_back_is_listened_to(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("Hello")
    answers(jo, "Hello! What can we help you with?", decision="ask")
    assert jo.wait() == "Hello! What can we help you with?"
    assert "at=ask" in jo.document


def test_where_the_tier1_has_nothing_to_say_the_caller_is_asked_on(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("My mail address is jo at customer dot example")
    tier1.take(build.conversation())
    tier1.stay_silent(build.conversation())
    assert "Go on" in jo.wait()


def test_a_call_that_goes_round_in_circles_ends_at_people(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    for _ in range(script.LAST_TURN + 2):
        jo.say("Hello?")
        if "at=leave" in jo.document:
            break
        answers(jo, "Hello!", decision="ask")
        jo.wait()
    assert "after the tone" in jo.document
