"""What a caller hears next. Pure: facts in, one step out. Nothing is said twice, and every way has an end.

Greeting, question, answer, anything else? Whoever asks for a person, is not understood three times or waits
too long gets to people: a message after the tone, or a call back. Source: design.md, section 3, rule 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from channels_ingest.voice.hearing import At, Heard
from channels_ingest.voice.lines import Line

# How long one request is held back for an answer, and the caller altogether. Seconds.
HELD_SECONDS = 4.0
PATIENCE_SECONDS = 12.0
MISHEARD_LIMIT = 3
# Nobody talks that long with a machine: a call that goes round in circles ends politely.
LAST_TURN = 60
FILLERS = (Line.ONE_MOMENT, Line.STILL_LOOKING, Line.NEARLY_THERE)


class Then(StrEnum):
    """What the call does after the words."""

    LISTEN = "listen"
    WAIT = "wait"
    RECORD = "record"
    HANG_UP = "hang_up"


class Act(StrEnum):
    """What is done besides speaking."""

    TEXT_IT = "text_it"
    CALL_BACK = "call_back"
    GIVE_TO_PERSON = "give_to_person"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the next step depends on, at one moment of a turn."""

    at: str
    heard: str
    number: int = 0
    # Messages to this caller that wait to be said.
    waiting_count: int = 0
    # Whether the newest of them has more to it that could follow as a text.
    has_more_to_text: bool = False
    is_held_by_person: bool = False
    has_tier1: bool = True
    # The tier-1 looked at it and found nothing to answer, or asked back.
    has_stayed_silent: bool = False
    has_asked_back: bool = False
    # Turns in a row, this one included, in which nothing was understood.
    misheard_count: int = 0
    can_call_back: bool = True
    waited_seconds: float = 0.0
    # How often the caller was asked for patience in this turn.
    filler_count: int = 0
    # This request can't be held back any longer.
    must_answer: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """``speaks``: the waiting messages are said first, then ``lines``. ``listens_at`` is where the answer belongs."""

    lines: tuple[Line, ...]
    then: Then
    listens_at: At = At.ASK
    acts: tuple[Act, ...] = ()
    speaks: bool = True
    reason: str = ""


def decide(facts: Facts) -> Step | None:
    """The next step, or None where there is still time to wait for an answer."""
    if facts.at == At.RECORDED:
        return _end(Line.MESSAGE_NOTED if facts.heard == Heard.RECORDING else Line.NO_MESSAGE)
    if facts.at == At.LEAVE:
        return _leaving(facts)
    if not facts.at:
        return Step((Line.GREETING,), Then.LISTEN)
    if facts.number >= LAST_TURN:
        return _to_person(facts, Line.TO_PERSON, reason="too_long")
    match facts.heard:
        case Heard.GOODBYE:
            return _end(Line.GOODBYE)
        case Heard.YES | Heard.NO:
            return _chosen(facts)
        case Heard.NOTHING:
            return _silence(facts)
        case Heard.UNCLEAR:
            return _misheard(facts, (Line.UNCLEAR, Line.STILL_UNCLEAR))
    return _asked(facts)


def _asked(facts: Facts) -> Step | None:
    """A question, or the wish for a person: what there is to say, else patience, else people."""
    if facts.waiting_count:
        return _answered(facts)
    if facts.is_held_by_person:
        return _leave(facts, (Line.TO_PERSON,))
    if not facts.has_tier1:
        return _to_person(facts, Line.THANKS_TO_PERSON, reason="tier1_off")
    if facts.has_stayed_silent:
        return _misheard(facts, (Line.GO_ON, Line.STILL_UNCLEAR))
    if facts.waited_seconds >= PATIENCE_SECONDS or facts.filler_count >= len(FILLERS):
        return _to_person(facts, Line.TOO_SLOW, reason="too_slow")
    if not facts.must_answer:
        return None
    return Step((FILLERS[facts.filler_count],), Then.WAIT, speaks=False)


def _answered(facts: Facts) -> Step:
    if facts.is_held_by_person:
        return _leave(facts, ())
    if facts.has_asked_back:
        return Step((), Then.LISTEN)
    if facts.has_more_to_text:
        return Step((Line.OFFER_TEXT,), Then.LISTEN, At.OFFER)
    return Step((Line.MORE,), Then.LISTEN, At.MORE)


def _chosen(facts: Facts) -> Step:
    """Yes or no to what we asked."""
    is_yes = facts.heard == Heard.YES
    if facts.at == At.OFFER:
        if is_yes:
            return Step((Line.TEXTED, Line.MORE), Then.LISTEN, At.MORE, (Act.TEXT_IT,))
        return Step((Line.ALL_RIGHT, Line.MORE), Then.LISTEN, At.MORE)
    return Step((Line.GO_ON,), Then.LISTEN) if is_yes else _end(Line.GOODBYE)


def _silence(facts: Facts) -> Step:
    if facts.waiting_count:
        return _answered(facts)
    if facts.at == At.OFFER:
        return Step((Line.MORE,), Then.LISTEN, At.MORE)
    if facts.at == At.MORE:
        return _end(Line.GOODBYE)
    return _misheard(facts, (Line.NOT_HEARD, Line.STILL_NOT_HEARD))


def _misheard(facts: Facts, again: tuple[Line, Line]) -> Step:
    if facts.misheard_count >= MISHEARD_LIMIT:
        return _to_person(facts, Line.NOT_UNDERSTOOD, reason="not_understood")
    return Step((again[min(facts.misheard_count, 2) - 1],), Then.LISTEN)


def _to_person(facts: Facts, line: Line, *, reason: str) -> Step:
    step = _leave(facts, (line,))
    return Step(step.lines, step.then, step.listens_at, (Act.GIVE_TO_PERSON,), reason=reason)


def _leave(facts: Facts, lines: tuple[Line, ...]) -> Step:
    """People have it now: the caller may leave a message, or be called."""
    offer = Line.LEAVE_OR_CALL_BACK if facts.can_call_back else Line.LEAVE_WITH_NUMBER
    return Step((*lines, offer), Then.LISTEN, At.LEAVE)


def _leaving(facts: Facts) -> Step:
    if facts.heard == Heard.CALL_BACK and facts.can_call_back:
        return Step((Line.CALL_BACK_NOTED,), Then.HANG_UP, acts=(Act.CALL_BACK,))
    if facts.heard in (Heard.GOODBYE, Heard.NO):
        return _end(Line.GOODBYE)
    line = Line.TONE_WITH_NUMBER if facts.heard == Heard.CALL_BACK else Line.TONE
    return Step((line,), Then.RECORD)


def _end(line: Line) -> Step:
    return Step((line,), Then.HANG_UP)
