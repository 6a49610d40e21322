"""Calls that go to people: at once, by a wish, to be called back, after the tone."""

from __future__ import annotations

from typing import Any

import pytest

from ai_tier1.models import Rollout
from channels_ingest.voice import script
from conversations.models import Channel, Handoff
from tests import build
from tests.channels_ingest.voice.caller import Caller
from tests.channels_ingest.voice.tier1 import entries, hands_off

pytestmark = pytest.mark.django_db


def test_without_a_tier1_the_caller_gets_to_people_at_once(phone: Channel) -> None:
    Rollout.objects.update(mode="off")
    jo = Caller(phone)
    jo.call()
    assert "passing this on to our team" in jo.say("Where is my parcel?")
    assert build.conversation().tier1_state == "handed_off"
    jo.keep_silent()
    assert jo.heard.find("Record") is not None


def test_zero_is_a_wish_for_a_person_that_the_tier1_understands(phone: Channel) -> None:
    from ai_tier1.wants_person import wants_person

    jo = Caller(phone)
    jo.call()
    jo.press("0")
    assert wants_person(jo.said[-1].text)
    hands_off(jo, "A colleague takes over and sees everything you said.")
    heard = jo.wait()
    assert heard.startswith("A colleague takes over")
    assert "press 1" in heard
    assert Handoff.objects.exists()


def test_a_call_back_is_noted_first_in_the_queue_and_shown(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("I want to talk to a person")
    hands_off(jo)
    jo.wait()
    assert "call you back" in jo.press("1")
    jo.hang_up(31)

    conversation = build.conversation()
    assert conversation.priority == "high"
    assert conversation.waiting_since is not None
    assert jo.row.outcome == "call_back"
    assert "call.back_wanted" in [one.type for one in entries(conversation)]


def test_call_back_can_be_said_and_works_without_anything_before_it(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    for _ in range(3):
        jo.keep_silent()
    jo.say("Call me back, please")
    jo.hang_up()
    conversation = build.conversation()
    assert (conversation.state, conversation.priority, jo.row.outcome) == ("open", "high", "call_back")
    assert conversation.is_held_by_person


@pytest.mark.parametrize("first", ["action", "callback"])
def test_a_voicemail_is_one_message_in_whatever_order_it_is_told(phone: Channel, first: str) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("I want to talk to a person")
    hands_off(jo)
    jo.wait()
    if first == "action":
        assert "We have your message" in jo.leave_message()
        jo.recording_done()
    else:
        tone = jo.heard, jo.document
        jo.recording_done()
        jo.heard, jo.document = tone
        assert "We have your message" in jo.leave_message()
    jo.hang_up(80)

    (voicemail,) = [one for one in jo.said if one.attachments.exists()]
    (file,) = voicemail.attachments.all()
    assert (voicemail.text, voicemail.not_work) == ("Voicemail, 0:42", "")
    assert file.source_url.endswith(".mp3") and file.content_type == "audio/mpeg"
    assert jo.row.outcome == "voicemail"
    assert voicemail.identity is not None


def test_a_recording_that_comes_after_the_end_still_makes_it_a_voicemail(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("I want to talk to a person")
    hands_off(jo)
    jo.wait()
    jo.hang_up(80)
    assert jo.row.outcome == "handed_off"
    jo.recording_done()
    assert jo.row.outcome == "voicemail"
    assert len({one.conversation_id for one in jo.said}) == 1


def test_an_empty_recording_is_no_message(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("I want to talk to a person")
    hands_off(jo)
    jo.wait()
    assert "noted your call" in jo.leave_message(seconds=0)
    jo.recording_done(RecordingStatus="absent")
    assert len(jo.said) == 1


def test_a_withheld_number_is_not_offered_a_call_back(phone: Channel) -> None:
    nobody = Caller(phone, "anonymous")
    nobody.call()
    nobody.say("I want to talk to a person")
    hands_off(nobody)
    assert "call you back" not in nobody.wait()
    assert "withheld" in nobody.say("Call me back")
    assert nobody.heard.find("Record") is not None
    assert not nobody.row.wants_call_back


def test_what_breaks_on_our_side_ends_at_the_tone(phone: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    jo = Caller(phone)
    jo.call()

    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(script, "decide", breaks)
    assert "something went wrong" in jo.say("Where is my parcel?")
    assert jo.heard.find("Record") is not None
    monkeypatch.undo()
    assert "We have your message" in jo.leave_message()
