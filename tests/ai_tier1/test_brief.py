"""The brief for the person who takes over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ai_tier1.asked_again import asked_before
from ai_tier1.brief import AnsweredQuestion, Brief, Line, brief
from ai_tier1.policy import Reason

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def lines(*said: tuple[str, str, str]) -> list[Line]:
    return [
        Line(number, channel, author, text, START + timedelta(minutes=number))
        for number, (channel, author, text) in enumerate(said, 1)
    ]


def jos_brief(reason: Reason = Reason.WANTED_PERSON) -> Brief:
    said = lines(
        ("chat", "customer", "Hi! I'm Jo. How long do I have to return a tent?"),
        ("chat", "ai", "You can send back unused items within 60 days of delivery."),
        ("sms", "customer", "My order FH-20418 from 12 March came torn. I would like a replacement, please."),
        ("email", "customer", "I paid £129.00 and live at 14 Weir Lane, Linwell LW3 4AB. Order FH-20418."),
        ("sms", "ai", "A colleague takes over. Our team is back on Monday at 09:00 and will answer then."),
        ("sms", "customer", "I want to talk to a person"),
    )
    return brief(said, [AnsweredQuestion("How long to return?", 3, "Return an item")], reason)


def test_the_wish_is_in_the_customers_own_words() -> None:
    assert jos_brief().wish == "I would like a replacement, please."


def test_facts_are_listed_once_with_the_message_that_gave_them_first() -> None:
    facts = [(fact.name, fact.value, fact.message, fact.channel_kind) for fact in jos_brief().known_facts]
    assert facts == [
        ("order_number", "FH-20418", 3, "sms"),
        ("date", "12 March", 3, "sms"),
        ("amount", "£129.00", 4, "email"),
        ("address", "14 Weir Lane, Linwell LW3 4AB", 4, "email"),
    ]


def test_it_says_why_the_tier1_stopped_and_what_to_do_next() -> None:
    made = jos_brief(Reason.ASKED_AGAIN)
    assert made.reason == "asked_again"
    assert made.next_step == "Read the answer given: it did not help, then look up order FH-20418."
    assert made.answered[0].title == "Return an item"


def test_a_promise_is_passed_on() -> None:
    assert jos_brief().promised == "Our team is back on Monday at 09:00 and will answer then."


def test_an_angry_customer_is_named_as_such() -> None:
    made = brief(lines(("chat", "customer", "This is unacceptable, I want a refund!")), [], Reason.ANGER)
    assert made.mood == "angry"
    assert made.next_step == "Say sorry first."


def test_a_missing_order_number_is_asked_for_once() -> None:
    made = brief(lines(("chat", "customer", "Where is my parcel?")), [], Reason.OWN_CASE)
    assert made.next_step == "Ask for the order number: none was given."


def test_only_a_wish_for_a_person_is_still_a_wish() -> None:
    assert brief(lines(("sms", "customer", "agent")), [], Reason.WANTED_PERSON).wish == "Wants to talk to a person."


def test_an_empty_conversation_makes_an_empty_brief() -> None:
    made = brief([], [], Reason.FAILED)
    assert (made.wish, made.known_facts, made.mood) == ("", (), "calm")


def test_the_same_question_in_other_words_order_is_known() -> None:
    answered = ["How do I wash my tent?", "How long does delivery take?"]
    assert asked_before("how long does the delivery take??", answered) == 1
    assert asked_before("Where can I park?", answered) is None


def test_vectors_find_a_repeat_without_common_words() -> None:
    assert asked_before("when's it coming", ["delivery time"], vector=[1.0, 0.0], answered_vectors=[[0.9, 0.436]]) == 0
