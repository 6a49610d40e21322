"""What the tier-1 does with a message, and why. Pure: facts in, one decision out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ai_tier1.mood import Anger
from ai_tier1.own_case import OwnCase
from ai_tier1.what_came_in import Kind


class Action(StrEnum):
    """What is done. An offer is an answer that says how to reach a person; ask is a question back."""

    ANSWER = "answer"
    OFFER = "offer"
    ASK = "ask"
    HAND_OFF = "hand_off"
    NONE = "none"


class Reason(StrEnum):
    """Why; stored with every Turn and shown to agents."""

    CONFIDENT = "confident"
    LIKELY = "likely"
    TWO_CLOSE = "two_close"
    GREETING = "greeting"
    SMALLTALK = "smalltalk"
    NUDGE = "nudge"
    NOT_FOR_US = "not_for_us"
    MACHINE = "machine"
    HUMAN_TOOK_OVER = "human_took_over"
    SWITCHED_OFF = "switched_off"
    WANTED_PERSON = "wanted_person"
    ANGER = "anger"
    OTHER_LANGUAGE = "other_language"
    UNREAD_ATTACHMENT = "unread_attachment"
    ASKED_AGAIN = "asked_again"
    TWO_FAILED = "two_failed"
    OWN_CASE = "own_case"
    NOTHING_FOUND = "nothing_found"
    NOT_CONFIDENT = "not_confident"
    DOES_NOT_FIT = "does_not_fit"
    FAILED = "failed"
    CALL_ENDED = "call_ended"


SENTENCES: dict[Reason, str] = {
    Reason.CONFIDENT: "The knowledge base answers this.",
    Reason.LIKELY: "The knowledge base probably answers this; the customer was offered a person as well.",
    Reason.TWO_CLOSE: "Two articles fit about equally well, so the customer was asked which is meant.",
    Reason.GREETING: "The customer only said hello.",
    Reason.SMALLTALK: "Thanks or a goodbye needs no answer.",
    Reason.NUDGE: "The customer asks whether somebody is there.",
    Reason.NOT_FOR_US: "A code, a reaction or a keyword needs no answer from the assistant.",
    Reason.MACHINE: "The message was written by a machine.",
    Reason.HUMAN_TOOK_OVER: "A person has taken over.",
    Reason.SWITCHED_OFF: "The assistant is switched off on this channel.",
    Reason.WANTED_PERSON: "The customer asked for a person.",
    Reason.ANGER: "The customer is upset.",
    Reason.OTHER_LANGUAGE: "The message is in a language the knowledge base does not have.",
    Reason.UNREAD_ATTACHMENT: "The message leans on an attachment that the assistant can't read.",
    Reason.ASKED_AGAIN: "The customer asked again after an answer.",
    Reason.TWO_FAILED: "Two answers did not help.",
    Reason.OWN_CASE: "The question is about the customer's own case, which somebody has to look up.",
    Reason.NOTHING_FOUND: "The knowledge base has nothing on this.",
    Reason.NOT_CONFIDENT: "The assistant is not sure enough of the best article.",
    Reason.DOES_NOT_FIT: "The answer does not fit this channel without leaving out something that matters.",
    Reason.FAILED: "The assistant could not work on this message.",
    Reason.CALL_ENDED: "The caller hung up before the answer was said.",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which an answer is given, and from which one is offered."""

    answer: float = 0.40
    offer: float = 0.20
    # Below this distance of the fused scores two articles are equally good.
    close: float = 0.02


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """All that the decision rests on."""

    kind: Kind
    language: str = "en"
    # Languages in which there is published knowledge for this audience.
    knowledge_languages: frozenset[str] = frozenset({"en"})
    anger: Anger = Anger.CALM
    own_case: OwnCase = OwnCase.NONE
    confidence: float = 0.0
    score_margin: float = 1.0
    has_passages: bool = False
    # Whether the answer could be fitted to the channel.
    has_answer: bool = True
    is_machine: bool = False
    is_person_in_charge: bool = False
    is_switched_off: bool = False
    is_asked_again: bool = False
    failed_answer_count: int = 0
    has_unread_attachment: bool = False
    # Buttons or a quick reply are possible; a choice by mail or text would only cost a round.
    can_ask: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, why, and the same as a sentence for agents."""

    action: Action
    reason: Reason

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return SENTENCES[self.reason]


_Rule = Callable[[PolicyFacts], bool]

# From top to bottom; the first that holds decides. Silence outranks all, then the wish for a person.
_BEFORE_CONFIDENCE: tuple[tuple[_Rule, Action, Reason], ...] = (
    (lambda facts: facts.is_switched_off, Action.NONE, Reason.SWITCHED_OFF),
    (lambda facts: facts.is_machine, Action.NONE, Reason.MACHINE),
    (lambda facts: facts.is_person_in_charge, Action.NONE, Reason.HUMAN_TOOK_OVER),
    (lambda facts: facts.kind is Kind.WANTS_PERSON, Action.HAND_OFF, Reason.WANTED_PERSON),
    (lambda facts: facts.anger is Anger.ANGRY, Action.HAND_OFF, Reason.ANGER),
    (lambda facts: facts.kind in {Kind.STOP, Kind.CODE, Kind.REACTION, Kind.EMPTY}, Action.NONE, Reason.NOT_FOR_US),
    (lambda facts: facts.kind in {Kind.THANKS, Kind.CLOSER}, Action.NONE, Reason.SMALLTALK),
    (lambda facts: facts.kind is Kind.GREETING, Action.ASK, Reason.GREETING),
    (lambda facts: facts.kind is Kind.NUDGE, Action.ASK, Reason.NUDGE),
    (lambda facts: facts.has_unread_attachment, Action.HAND_OFF, Reason.UNREAD_ATTACHMENT),
    (lambda facts: facts.language not in facts.knowledge_languages, Action.HAND_OFF, Reason.OTHER_LANGUAGE),
    (lambda facts: facts.failed_answer_count >= 2, Action.HAND_OFF, Reason.TWO_FAILED),
    (lambda facts: facts.is_asked_again, Action.HAND_OFF, Reason.ASKED_AGAIN),
    (lambda facts: facts.own_case is OwnCase.PRESSING, Action.HAND_OFF, Reason.OWN_CASE),
    (lambda facts: not facts.has_passages, Action.HAND_OFF, Reason.NOTHING_FOUND),
)


def decide(facts: PolicyFacts, thresholds: Thresholds | None = None) -> Decision:
    """The decision for one message, or one burst of them."""
    for rule, action, reason in _BEFORE_CONFIDENCE:
        if rule(facts):
            return Decision(action, reason)
    return _by_confidence(facts, thresholds or Thresholds())


def _by_confidence(facts: PolicyFacts, thresholds: Thresholds) -> Decision:
    if facts.confidence < thresholds.offer:
        if facts.own_case is OwnCase.POSSIBLE:
            return Decision(Action.HAND_OFF, Reason.OWN_CASE)
        return Decision(Action.HAND_OFF, Reason.NOT_CONFIDENT)
    is_sure = facts.confidence >= thresholds.answer
    if not is_sure and facts.can_ask and facts.score_margin < thresholds.close:
        return Decision(Action.ASK, Reason.TWO_CLOSE)
    if not facts.has_answer:
        return Decision(Action.HAND_OFF, Reason.DOES_NOT_FIT)
    if not is_sure and facts.anger is Anger.ANNOYED:
        return Decision(Action.HAND_OFF, Reason.ANGER)
    if not is_sure or facts.own_case is OwnCase.POSSIBLE or facts.anger is Anger.ANNOYED:
        return Decision(Action.OFFER, Reason.LIKELY)
    return Decision(Action.ANSWER, Reason.CONFIDENT)
