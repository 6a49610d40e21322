"""Which conversation a message belongs to, as a pure decision over facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.threading import Candidate, Outcome, ThreadFacts, decide, has_reply_mark, plain_subject

NOW = datetime(2026, 5, 14, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def talk(number: int = 1, *, ago: timedelta = DAY, resolved_ago: timedelta | None = None, **more: object) -> Candidate:
    made = Candidate(
        id=number,
        is_open=resolved_ago is None,
        resolved_at=NOW - resolved_ago if resolved_ago is not None else None,
        last_message_at=NOW - ago,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def facts(*candidates: Candidate, **more: object) -> ThreadFacts:
    return replace(ThreadFacts(now=NOW, candidates=candidates), **more)  # type: ignore[arg-type]


def test_a_first_contact_opens_a_conversation():
    decision = decide(facts())
    assert (decision.outcome, decision.conversation_id, decision.rule) == (Outcome.NEW, None, "new")


@pytest.mark.parametrize(
    ("resolved_ago", "outcome", "place"),
    [(None, Outcome.JOIN, 1), (29 * DAY, Outcome.REOPEN, 1), (31 * DAY, Outcome.NEW, None)],
)
def test_an_answer_to_us_goes_on_where_it_belongs_for_thirty_days(resolved_ago, outcome, place):
    decision = decide(facts(referenced=talk(resolved_ago=resolved_ago), sender_is_participant=True))
    assert (decision.outcome, decision.conversation_id) == (outcome, place)
    assert decision.linked_to == (None if place else 1)


def test_a_stranger_with_a_reference_stands_beside_and_is_linked():
    decision = decide(facts(referenced=talk(7)))
    assert (decision.outcome, decision.rule, decision.linked_to) == (Outcome.NEW, "stranger_with_reference", 7)


def test_what_the_stranger_writes_next_stays_in_the_conversation_beside():
    decision = decide(facts(talk(8, linked_to=7), talk(9, linked_to=3), referenced=talk(7)))
    assert (decision.outcome, decision.conversation_id) == (Outcome.JOIN, 8)


@pytest.mark.parametrize(("ago", "outcome"), [(DAY - MINUTE, Outcome.JOIN), (DAY + MINUTE, Outcome.NEW)])
def test_what_comes_within_a_day_of_our_word_joins_it_even_beside_others(ago, outcome):
    decision = decide(facts(talk(1), talk(2, we_wrote_at=NOW - ago)))
    assert decision.outcome == outcome
    assert decision.conversation_id == (2 if outcome == Outcome.JOIN else None)


def test_of_two_that_we_wrote_in_the_later_one_is_meant():
    decision = decide(facts(talk(1, we_wrote_at=NOW - 2 * MINUTE), talk(2, we_wrote_at=NOW - 9 * MINUTE)))
    assert decision.conversation_id == 1


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        (talk(ago=13 * DAY), Outcome.JOIN),
        (talk(ago=15 * DAY), Outcome.NEW),
        (talk(resolved_ago=13 * DAY), Outcome.REOPEN),
        (talk(resolved_ago=15 * DAY), Outcome.NEW),
    ],
)
def test_the_only_conversation_of_two_weeks_is_meant(place, outcome):
    assert decide(facts(place)).outcome == outcome


def test_between_two_open_ones_nobody_guesses():
    decision = decide(facts(talk(1), talk(2)))
    assert (decision.outcome, decision.also_open) == (Outcome.NEW, (1, 2))


def test_a_shared_address_joins_by_reference_or_nearness_alone():
    assert decide(facts(talk(), is_identity_shared=True)).outcome == Outcome.NEW
    near = talk(we_wrote_at=NOW - MINUTE)
    assert decide(facts(near, is_identity_shared=True)).outcome == Outcome.JOIN


def test_a_new_subject_speaks_against_another_mail_and_nothing_else():
    mail = talk(mail_subjects=frozenset({"broken tent"}))
    assert decide(facts(mail, mail_subject="invoice")).outcome == Outcome.NEW
    assert decide(facts(mail, mail_subject="broken tent")).outcome == Outcome.JOIN
    assert decide(facts(talk(), mail_subject="invoice")).outcome == Outcome.JOIN
    assert decide(facts(mail)).outcome == Outcome.JOIN


def test_a_forward_starts_anew_but_a_participants_forward_is_an_answer():
    assert decide(facts(talk(), is_forward=True)).outcome == Outcome.NEW
    answered = facts(talk(), is_forward=True, referenced=talk(), sender_is_participant=True)
    assert decide(answered).outcome == Outcome.JOIN


TALKS = st.builds(
    talk,
    st.integers(1, 5),
    resolved_ago=st.none() | st.timedeltas(timedelta(0), 60 * DAY),
    ago=st.timedeltas(timedelta(0), 60 * DAY),
    mail_subjects=st.frozensets(st.sampled_from(["invoice", "tent", ""]), max_size=2),
    we_wrote_at=st.none() | st.timedeltas(timedelta(0), 3 * DAY).map(lambda ago: NOW - ago),
)
ANY = st.builds(
    ThreadFacts,
    now=st.just(NOW),
    referenced=st.none() | TALKS,
    sender_is_participant=st.booleans(),
    candidates=st.lists(TALKS, max_size=4, unique_by=lambda one: one.id).map(tuple),
    is_not_work=st.booleans(),
    is_identity_shared=st.booleans(),
    is_claimed_only=st.booleans(),
    is_forward=st.booleans(),
    mail_subject=st.sampled_from(["", "invoice", "tent"]),
)


@given(ANY)
def test_every_decision_is_explained_and_names_only_what_it_was_given(given_facts: ThreadFacts):
    decision = decide(given_facts)
    known = {one.id for one in given_facts.candidates} | (
        {given_facts.referenced.id} if given_facts.referenced else set()
    )
    assert decision.reason and decision.rule and 0 < decision.confidence <= 1
    assert (decision.conversation_id is None) == (decision.outcome == Outcome.NEW)
    assert {decision.conversation_id, decision.linked_to, *decision.also_open} - {None} <= known


@given(ANY)
def test_a_claim_joins_nothing_and_reopens_nothing(given_facts: ThreadFacts):
    decision = decide(replace(given_facts, is_claimed_only=True, is_not_work=False))
    assert decision.outcome == Outcome.NEW and decision.linked_to is None


@given(ANY)
def test_what_is_not_work_never_reopens(given_facts: ThreadFacts):
    assert decide(replace(given_facts, is_not_work=True)).outcome in (Outcome.ATTACH, Outcome.NEW)


@given(ANY)
def test_only_open_conversations_are_joined_and_only_closed_ones_reopened(given_facts: ThreadFacts):
    decision = decide(replace(given_facts, is_not_work=False))
    meant = [
        one for one in (given_facts.referenced, *given_facts.candidates) if one and one.id == decision.conversation_id
    ]
    if decision.outcome == Outcome.JOIN:
        assert any(one.is_open for one in meant)
    if decision.outcome == Outcome.REOPEN:
        assert any(not one.is_open for one in meant)


@given(st.lists(st.sampled_from(["Re: ", "AW:", "Fwd: ", "SV: re:"])), st.sampled_from(["Tent", "  Two  words "]))
def test_a_subject_is_the_same_under_any_reply_marks(marks: list[str], words: str):
    subject = "".join(marks) + words
    assert plain_subject(subject) == plain_subject(words)
    assert has_reply_mark(subject) == bool(marks)
