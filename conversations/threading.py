"""Which conversation a message belongs to. Pure: facts in, a decision with its reason out.

The rules stand in the order of design.md, section 5: not work, reference, adjacent, only one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

REFERENCE_LASTS = timedelta(days=30)
ACTIVE_LASTS = timedelta(days=14)
ADJACENT_LASTS = timedelta(hours=24)
REPLY_MARKS = ("re:", "aw:", "sv:", "antw:", "rif:", "fw:", "fwd:", "wg:", "tr:", "rv:", "ynt:")


class Outcome(StrEnum):
    """What happens with the message."""

    JOIN = "join"  # goes on in an open conversation
    REOPEN = "reopen"  # goes on in a resolved one, which opens again
    ATTACH = "attach"  # is recorded in a conversation and changes nothing
    NEW = "new"  # starts a conversation


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation of this customer at this desk. Times are aware."""

    id: int
    is_open: bool
    resolved_at: datetime | None
    last_message_at: datetime
    # Subjects of the mails in it, without "Re:"; a new mail subject speaks against joining.
    mail_subjects: frozenset[str] = frozenset()
    # When we last wrote to this sender's identity on this channel.
    we_wrote_at: datetime | None = None
    # The conversation that this one was started beside.
    linked_to: int | None = None


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """All that the decision looks at."""

    now: datetime
    # Our token, Message-ID or session, resolved to a conversation that was issued to one person.
    referenced: Candidate | None = None
    sender_is_participant: bool = False
    # Surely of the customer's own company, and had no part in it so far.
    sender_is_colleague: bool = False
    candidates: tuple[Candidate, ...] = ()
    is_not_work: bool = False
    is_identity_shared: bool = False
    is_claimed_only: bool = False
    is_forward: bool = False
    # Normalised subject of a mail; empty on channels without subjects.
    mail_subject: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where it goes, and why, in words for the agent. ``confidence`` is between 0 and 1."""

    outcome: Outcome
    conversation_id: int | None
    rule: str
    reason: str
    confidence: float
    linked_to: int | None = None
    also_open: tuple[int, ...] = field(default=())


def decide(facts: ThreadFacts) -> Decision:
    """The decision for one message."""
    if facts.is_not_work:
        return _not_work(facts)
    return _by_reference(facts) or _adjacent(facts) or _only_one(facts) or _new(facts)


def plain_subject(subject: str) -> str:
    """The subject without reply and forward marks, for comparing."""
    words = subject.strip().lower()
    while mark := _mark(words):
        words = words.removeprefix(mark).strip()
    return " ".join(words.split())


def has_reply_mark(subject: str) -> bool:
    """Whether the subject is that of a reply or a forward, in any of the usual languages."""
    return bool(_mark(subject.strip().lower()))


def _mark(words: str) -> str:
    return next((mark for mark in REPLY_MARKS if words.startswith(mark)), "")


def _not_work(facts: ThreadFacts) -> Decision:
    reason = "Nothing to do: recorded, opens nothing"
    place = facts.referenced if facts.sender_is_participant or facts.sender_is_colleague else None
    if place is None and facts.candidates and not facts.is_claimed_only:
        place = max(facts.candidates, key=lambda one: one.last_message_at)
    if place is None:
        return Decision(Outcome.NEW, None, "not_work", reason, 1.0)
    return Decision(Outcome.ATTACH, place.id, "not_work", reason, 1.0)


def _by_reference(facts: ThreadFacts) -> Decision | None:
    place = facts.referenced
    if place is None or facts.is_claimed_only:
        return None
    # A forward is the participants' own affair.
    is_colleague = not facts.sender_is_participant and facts.sender_is_colleague and not facts.is_forward
    if not facts.sender_is_participant and not is_colleague:
        beside = next((one for one in facts.candidates if one.is_open and one.linked_to == place.id), None)
        if beside:
            reason = "Goes on beside the conversation whose reference it carries"
            return Decision(Outcome.JOIN, beside.id, "beside", reason, 0.9)
        reason = "Answers our message, but from an address that had no part in it"
        return Decision(Outcome.NEW, None, "stranger_with_reference", reason, 0.9, linked_to=place.id)
    is_recent = place.resolved_at is not None and facts.now - place.resolved_at < REFERENCE_LASTS
    if is_colleague and (place.is_open or is_recent):
        outcome = Outcome.JOIN if place.is_open else Outcome.REOPEN
        return Decision(outcome, place.id, "colleague", "A colleague answers, who had no part in it so far", 0.9)
    if place.is_open:
        return Decision(Outcome.JOIN, place.id, "reference", "Answers what we wrote in this conversation", 0.99)
    if is_recent:
        return Decision(Outcome.REOPEN, place.id, "reference", "Answers what we wrote in this conversation", 0.97)
    reason = "Answers a conversation resolved more than 30 days ago"
    return Decision(Outcome.NEW, None, "old_reference", reason, 0.9, linked_to=place.id)


def _adjacent(facts: ThreadFacts) -> Decision | None:
    if facts.is_claimed_only or facts.is_forward:
        return None
    near = [
        one
        for one in facts.candidates
        if one.we_wrote_at and facts.now - one.we_wrote_at < ADJACENT_LASTS and not _other_mail_subject(facts, one)
    ]
    if not near:
        return None
    place = max(near, key=lambda one: one.we_wrote_at or one.last_message_at)
    outcome = Outcome.JOIN if place.is_open else Outcome.REOPEN
    return Decision(outcome, place.id, "adjacent", "We wrote to this address here less than a day ago", 0.9)


def _only_one(facts: ThreadFacts) -> Decision | None:
    if facts.is_identity_shared or facts.is_claimed_only or facts.is_forward:
        return None
    open_ones = [one for one in facts.candidates if one.is_open and facts.now - one.last_message_at < ACTIVE_LASTS]
    if len(open_ones) == 1 and not _other_mail_subject(facts, open_ones[0]):
        return Decision(Outcome.JOIN, open_ones[0].id, "only_one", "The customer's only open conversation", 0.85)
    if open_ones:
        return None
    recent = [one for one in facts.candidates if one.resolved_at and facts.now - one.resolved_at < ACTIVE_LASTS]
    if len(recent) == 1 and not _other_mail_subject(facts, recent[0]):
        reason = "The customer's only conversation of the last two weeks"
        return Decision(Outcome.REOPEN, recent[0].id, "only_one", reason, 0.7)
    return None


def _other_mail_subject(facts: ThreadFacts, place: Candidate) -> bool:
    """A new subject is evidence against another mail only: chats and texts have none."""
    return bool(facts.mail_subject and place.mail_subjects and facts.mail_subject not in place.mail_subjects)


def _new(facts: ThreadFacts) -> Decision:
    open_ones = tuple(one.id for one in facts.candidates if one.is_open)
    reason = "Another matter than the conversations that are open" if open_ones else "First contact in this matter"
    linked = open_ones[0] if len(open_ones) == 1 and not facts.is_claimed_only else None
    return Decision(Outcome.NEW, None, "new", reason, 0.8, linked_to=linked, also_open=open_ones)
