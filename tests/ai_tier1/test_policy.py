"""What the tier-1 does, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_tier1.mood import Anger
from ai_tier1.own_case import OwnCase
from ai_tier1.policy import SENTENCES, Action, PolicyFacts, Reason, decide
from ai_tier1.what_came_in import Kind

SURE = PolicyFacts(kind=Kind.QUESTION, confidence=0.9, has_passages=True)


def test_a_confident_answer_is_given() -> None:
    assert decide(SURE).action is Action.ANSWER


def test_the_middle_band_offers_a_person_beside_the_answer() -> None:
    assert decide(replace(SURE, confidence=0.3)).action is Action.OFFER


def test_low_confidence_goes_to_a_person() -> None:
    decision = decide(replace(SURE, confidence=0.1))
    assert (decision.action, decision.reason) == (Action.HAND_OFF, Reason.NOT_CONFIDENT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": Kind.WANTS_PERSON}, Reason.WANTED_PERSON),
        ({"anger": Anger.ANGRY}, Reason.ANGER),
        ({"language": "de"}, Reason.OTHER_LANGUAGE),
        ({"is_asked_again": True}, Reason.ASKED_AGAIN),
        ({"failed_answer_count": 2}, Reason.TWO_FAILED),
        ({"own_case": OwnCase.PRESSING}, Reason.OWN_CASE),
        ({"has_passages": False}, Reason.NOTHING_FOUND),
        ({"has_unread_attachment": True}, Reason.UNREAD_ATTACHMENT),
        ({"has_answer": False}, Reason.DOES_NOT_FIT),
    ],
)
def test_a_reason_for_a_person_beats_any_confidence(change: dict[str, object], reason: Reason) -> None:
    decision = decide(replace(SURE, **change))  # type: ignore[arg-type]
    assert (decision.action, decision.reason) == (Action.HAND_OFF, reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_machine": True}, Reason.MACHINE),
        ({"is_person_in_charge": True}, Reason.HUMAN_TOOK_OVER),
        ({"is_switched_off": True}, Reason.SWITCHED_OFF),
    ],
)
def test_silence_beats_even_a_wish_for_a_person(change: dict[str, object], reason: Reason) -> None:
    decision = decide(replace(SURE, kind=Kind.WANTS_PERSON, **change))  # type: ignore[arg-type]
    assert (decision.action, decision.reason) == (Action.NONE, reason)


@pytest.mark.parametrize("kind", [Kind.THANKS, Kind.CLOSER, Kind.REACTION, Kind.STOP, Kind.CODE, Kind.EMPTY])
def test_small_talk_is_answered_by_nobody(kind: Kind) -> None:
    assert decide(replace(SURE, kind=kind)).action is Action.NONE


def test_a_bare_hello_is_asked_what_it_is_about() -> None:
    assert decide(PolicyFacts(kind=Kind.GREETING)).action is Action.ASK


def test_a_question_about_ones_own_case_never_gets_an_article_alone() -> None:
    assert decide(replace(SURE, own_case=OwnCase.POSSIBLE)).action is Action.OFFER


def test_two_close_articles_are_asked_about_only_where_a_choice_is_cheap() -> None:
    facts = replace(SURE, confidence=0.3, score_margin=0.0)
    assert decide(replace(facts, can_ask=True)).action is Action.ASK
    assert decide(facts).action is Action.OFFER


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
