"""How calls end, and what was not said by then."""

from __future__ import annotations

import pytest

from channels_ingest.voice import in_calls
from conversations.actions import calls
from conversations.models import Call, Channel, Delivery, Handoff
from tests import build
from tests.channels_ingest.voice.caller import Caller
from tests.channels_ingest.voice.tier1 import answers, entries, hands_off

pytestmark = pytest.mark.django_db


def test_what_was_not_said_before_the_caller_hung_up_is_kept_as_not_said(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    answer = answers(jo)
    jo.hang_up(9)

    answer.refresh_from_db()
    assert (answer.delivery_state, answer.delivery_error) == ("failed", "The call ended before this was said.")
    assert jo.row.outcome == "abandoned"
    assert build.conversation().tier1_state == "handed_off"
    assert build.conversation().waiting_since is not None
    assert Handoff.objects.get().reason == "call_ended"


def test_an_answer_that_comes_after_the_call_is_kept_as_not_said(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    jo.hang_up(9)
    assert jo.row.outcome == "abandoned"
    answer = answers(jo)
    assert (answer.delivery_state, Delivery.objects.get().error_code) == ("failed", "call_ended")


def test_a_call_without_a_word_is_recorded_and_opens_nothing(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.hang_up(3)
    conversation = build.conversation()
    assert (conversation.state, jo.row.outcome) == ("resolved", "abandoned")
    assert entries(conversation)[-1].facts["seconds"] == 3


def test_a_silent_call_is_nobodys_though_an_earlier_one_is_with_people(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("I want a person")
    hands_off(jo)
    jo.hang_up()
    assert jo.row.outcome == "handed_off"
    again = Caller(phone)
    again.call()
    again.hang_up(5)
    assert again.row.conversation == jo.row.conversation
    assert again.row.outcome == "abandoned"


def test_a_failed_call_says_so(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.hang_up(0, status="failed")
    assert jo.row.outcome == "failed"


def test_a_call_whose_end_nobody_tells_is_ended(phone: Channel) -> None:
    jo = Caller(phone)
    jo.call()
    jo.say("Goodbye")
    assert jo.row.state == "closing"
    in_calls.end_forgotten()
    assert jo.row.state == "closing"
    Call.objects.update(heard_at=jo.row.heard_at - 2 * calls.CLOSING_LASTS)
    in_calls.end_forgotten()
    assert (jo.row.state, jo.row.outcome) == ("ended", "abandoned")
