"""A call from the first ring to its outcome, at our own door."""

from __future__ import annotations

from typing import Any

import pytest

from ai_tier1.models import Rollout
from channels_ingest.models import CallTurn, InboundEvent
from channels_ingest.voice import in_calls, script
from conversations.actions import actors, calls, replying, state, tier1
from conversations.models import Call, Channel, Conversation, Delivery, Handoff, Message
from customers.models import Customer, Identity
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.signing import CLIENT, FORM
from tests.channels_ingest.voice.caller import Caller

pytestmark = pytest.mark.django_db

BRIEF = tier1.Brief("wanted_person", "The customer asked for a person.", wish="A refund")


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A phone channel whose tier-1 answers; nobody waits longer than a moment."""
    monkeypatch.setattr(script, "HELD_SECONDS", 0.0)
    channel = build.channel("phone")
    Rollout.objects.create(channel=channel, mode=Rollout.Mode.ALWAYS)
    return channel


def answers(
    caller: Caller, text: str = "Delivery takes three days.", full: str = "", decision: str = "answer"
) -> Message:
    """The tier-1 answers the caller's last words."""
    message = caller.said[-1]
    tier1.take(message.conversation)
    outgoing = replying.Outgoing(
        text, channel=message.channel, identity=message.identity, full_text=full, call=message.call
    )
    return tier1.answer(message.conversation, outgoing, to=message, decision=decision, turn_id=1)


def hands_off(caller: Caller, notice: str = "A colleague takes over.") -> None:
    message = caller.said[-1]
    tier1.hand_off(message.conversation, BRIEF, to=message)
    outgoing = replying.Outgoing(notice, channel=message.channel, identity=message.identity, call=message.call)
    replying.reply(message.conversation, outgoing, by=actors.AI)


def entries(conversation: Conversation) -> list[Event]:
    return list(Event.objects.filter(conversation_id=conversation.pk, type__startswith="call.").order_by("pk"))


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


def test_a_withheld_number_is_not_offered_a_call_back(phone: Channel) -> None:
    nobody = Caller(phone, "anonymous")
    nobody.call()
    nobody.say("I want to talk to a person")
    hands_off(nobody)
    assert "call you back" not in nobody.wait()
    assert "withheld" in nobody.say("Call me back")
    assert nobody.heard.find("Record") is not None
    assert not nobody.row.wants_call_back


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


def test_speech_and_answers_never_become_twiml(phone: Channel) -> None:
    evil = '</Say></Gather><Dial>+15005550009</Dial><Say x="&amp;">\u0007'
    jo = Caller(phone)
    jo.call()
    jo.say(evil)
    answers(jo, evil)
    jo.wait()
    assert jo.heard.find(".//Dial") is None
    assert "<Dial>" not in jo.document


def test_a_brand_with_marks_in_its_name_is_said_as_it_is(phone: Channel) -> None:
    phone.desk.brand = "Fox & {Sons} <Ltd>"
    phone.desk.save()
    assert "Fox & {Sons} <Ltd>" in Caller(phone).call()


def test_unsigned_calls_are_refused(phone: Channel) -> None:
    answer = CLIENT.post(f"/webhooks/{phone.pk}/?turn=1&at=ask", "CallSid=CA1&SpeechResult=Hi", content_type=FORM)
    assert answer.status_code == 403
    assert not Message.objects.exists() and not Call.objects.exists()


def test_a_turn_can_not_be_moved_to_another_place_in_the_script(phone: Channel) -> None:
    from tests.channels_ingest.signing import signature

    jo = Caller(phone)
    jo.call()
    fields = jo.fields(From=jo.number, Digits="1")
    signed = signature(f"/webhooks/{phone.pk}/?turn=1&at=ask", fields)
    from urllib.parse import urlencode

    answer = CLIENT.post(
        f"/webhooks/{phone.pk}/?turn=1&at=leave",
        urlencode(fields),
        content_type=FORM,
        headers={"x-twilio-signature": signed},
    )
    assert answer.status_code == 403


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


def test_the_outbox_leaves_what_is_spoken_alone(phone: Channel) -> None:
    from channels_ingest import outbox
    from conversations.actions import delivering

    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    delivery = answers(jo).delivery
    assert delivering.due() == []
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count) == ("queued", 0)


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
