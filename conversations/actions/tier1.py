"""What the tier-1 does to a conversation: waits, answers, stops."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conversations.actions import threads
from conversations.actions.actors import AI
from conversations.actions.replying import Outgoing, Overtaken, reply
from conversations.actions.transactions import retried
from conversations.models import Conversation, Handoff, Message
from helpdesk.events.log import Actor

State = Conversation.Tier1State


@dataclass(frozen=True, slots=True)
class Brief:
    """What a person must know before typing a word. See models.Handoff for the shapes."""

    reason: str
    reason_text: str
    wish: str = ""
    known_facts: list[dict[str, Any]] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)
    promised: str = ""
    next_step: str = ""
    mood: str = ""
    language: str = ""


@retried
def take(conversation: Conversation) -> bool:
    """Let the tier-1 hold a conversation while it thinks. False where a person has it."""
    row = threads.lock(conversation.pk)
    if row.is_held_by_person or row.state != Conversation.State.OPEN:
        return False
    if row.tier1_state != State.WAITING:
        _set(row, State.WAITING)
        threads.save(row)
        threads.note(row, "tier1.waiting", by=AI)
    return True


@retried
def answer(
    conversation: Conversation,
    outgoing: Outgoing,
    *,
    to: Message,
    decision: str,
    turn_id: int,
    cost: Decimal = Decimal(0),
) -> Message:
    """Answer for the tier-1, unless a person took over or more was said meanwhile.

    Raises Overtaken in both cases: one answer per burst, none over a person's head.
    """
    row = threads.lock(conversation.pk)
    if row.is_held_by_person or _newest_work(row) != to.pk:
        raise Overtaken([])
    message = reply(row, outgoing, by=AI)
    row.refresh_from_db()
    _set(row, {"offer": State.OFFERED, "ask": State.ASKED}.get(decision, State.ANSWERED))
    threads.save(row)
    facts = {"message": message.pk, "to": to.pk, "decision": decision, "turn": turn_id, "cost": str(cost)}
    threads.note(row, "tier1.answered", by=AI, facts=facts)
    return message


@retried
def hand_off(
    conversation: Conversation, brief: Brief, *, to: Message | None, turn_id: int | None = None, by: Actor = AI
) -> Handoff | None:
    """Give a conversation to people, with a brief. None where they have it already.

    Raises Overtaken where more was said meanwhile: the brief would be out of date.
    """
    row = threads.lock(conversation.pk)
    if row.is_held_by_person:
        return None
    if to is not None and _newest_work(row) != to.pk:
        raise Overtaken([])
    handoff = Handoff.objects.create(
        conversation=row,
        reason=brief.reason[:40],
        reason_text=brief.reason_text[:300],
        wish=brief.wish,
        known_facts=brief.known_facts,
        answered=brief.answered,
        promised=brief.promised,
        next_step=brief.next_step,
        mood=brief.mood[:20],
        language=brief.language[:10],
    )
    _set(row, State.HANDED_OFF)
    if brief.mood == "angry" and row.priority == Conversation.Priority.NORMAL:
        row.priority = Conversation.Priority.HIGH
    threads.now_if_waiting(row)
    threads.save(row)
    facts = {"handoff": handoff.pk, "reason": handoff.reason, "turn": turn_id, "fact_count": len(brief.known_facts)}
    threads.note(row, "tier1.handed_off", by=by, facts=facts)
    return handoff


@retried
def stay_silent(conversation: Conversation) -> None:
    """Give a conversation back without a word: there was nothing to answer."""
    row = threads.lock(conversation.pk)
    if row.tier1_state == State.WAITING:
        _set(row, State.ANSWERED if _has_answered(row) else State.OFF)
        threads.save(row)
        threads.note(row, "tier1.stayed_silent", by=AI)


def _newest_work(conversation: Conversation) -> int | None:
    newest = (
        conversation.messages.by_participants()
        .filter(direction=Message.Direction.INBOUND, not_work="")
        .order_by("-pk")
        .only("pk")
        .first()
    )
    return newest.pk if newest else None


def _has_answered(conversation: Conversation) -> bool:
    return conversation.messages.said().filter(author_kind=Message.AuthorKind.AI).exists()


def _set(conversation: Conversation, state: str) -> None:
    conversation.tier1_state = state
