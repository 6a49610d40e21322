"""Messages of agents that wait to leave: for the seconds in which they can be taken back, or for a chosen time.

Until it leaves, a message is said to nobody and counts for nothing (docs/decisions/0016-said-when-it-leaves.md).
Used by the other actions alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from conversations.actions import threads
from conversations.models import Channel, Conversation, DeliveryState, Message, Unsaid
from helpdesk.events.log import Actor
from helpdesk.events.models import Event

LONGEST = timedelta(days=366)
State = Conversation.State
Tier1State = Conversation.Tier1State


class BadTime(ValueError):
    """A message can't leave then; the text says why."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a message waits, until when, and whether it then leaves although the customer has written."""

    unsaid: Unsaid
    until: datetime
    sends_anyway: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """What a new message keeps of it."""
        return {
            "unsaid": self.unsaid,
            "held_until": self.until,
            "scheduled_for": self.until if self.unsaid == Unsaid.LATER else None,
            "sends_anyway": self.sends_anyway,
            "delivery_state": DeliveryState.HELD,
            "sent_at": None,
        }


def wanted(channel: Channel, *, undo: timedelta, send_at: datetime | None, sends_anyway: bool | None) -> Hold | None:
    """How a message on a channel waits; None where it leaves at once. Raises BadTime."""
    if send_at is not None:
        check_time(channel, send_at)
        return Hold(Unsaid.LATER, send_at, channel.desk.sends_anyway if sends_anyway is None else sends_anyway)
    if undo > timedelta(0) and channel.abilities.takes_later:
        return Hold(Unsaid.UNDO, timezone.now() + undo)
    return None


def check_time(channel: Channel, send_at: datetime) -> None:
    """Raise BadTime unless something can be scheduled for then."""
    now = timezone.now()
    if not channel.abilities.takes_later:
        raise BadTime("What is said in a call can't be scheduled.")
    if send_at <= now:
        raise BadTime("This time is over already.")
    if send_at > now + LONGEST:
        raise BadTime("A message can be scheduled for a year at most.")


def begin(conversation: Conversation, message: Message, *, by: Actor) -> None:
    """Note that a new message waits. A person has the conversation; else it stays as it was."""
    message.conversation_before = {
        "state": conversation.state,
        "tier1_state": conversation.tier1_state,
        "unread_count": conversation.unread_count,
        "waiting_since": _text(conversation.waiting_since),
        "last_inbound_at": _text(conversation.last_inbound_at),
    }
    message.save(update_fields=["conversation_before"])
    conversation.unread_count = 0
    conversation.tier1_state = threads.after_person(conversation)
    note_next(conversation)
    threads.save(conversation)
    threads.note(conversation, "message.held", by=by, facts=facts_of(message))


def facts_of(message: Message) -> dict[str, Any]:
    """What an event says of a message that waits."""
    return {"message": message.pk, "unsaid": message.unsaid, "until": _text(message.held_until)}


def note_next(conversation: Conversation) -> None:
    """Keep when the next scheduled message leaves. The caller saves."""
    later = conversation.messages.filter(unsaid=Unsaid.LATER)
    conversation.scheduled_at = later.aggregate(at=Min("held_until"))["at"]


def restore(conversation: Conversation, message: Message, *, by: Actor) -> None:
    """Put a conversation back as it stood before a message that is taken back. The caller saves.

    Where the customer has written since, only people can tell what is to be done: it stays with them. A question
    that the tier-1 was still thinking about stays with them too, since it has given up.
    """
    before = message.conversation_before or {}
    if not before or before["last_inbound_at"] != _text(conversation.last_inbound_at):
        return
    if conversation.state == State.RESOLVED and before["state"] != State.RESOLVED and _resolved_with(message):
        facts = {"from": conversation.state, "why": "taken_back", "reopened_count": conversation.reopened_count}
        conversation.state, conversation.resolved_at = State.OPEN, None
        conversation.waiting_since = _moment(before["waiting_since"])
        conversation.tier1_state = before["tier1_state"]
        conversation.tier1_state = threads.after_person(conversation)
        threads.note(conversation, "conversation.reopened", by=by, facts=facts)
    if conversation.state == State.RESOLVED:
        return
    conversation.unread_count = max(conversation.unread_count, before["unread_count"])
    is_held = before["tier1_state"] in Conversation.HELD_BY_TIER1 and before["tier1_state"] != Tier1State.WAITING
    if is_held and conversation.tier1_state == Tier1State.HANDED_OFF and conversation.assignee_id is None:
        conversation.tier1_state = before["tier1_state"]


def waited_before(message: Message) -> datetime | None:
    """Since when the customer waited before a message left."""
    before: Mapping[str, Any] = message.conversation_before or {}
    return _moment(before.get("waiting_since"))


def kept_wait(conversation: Conversation) -> dict[str, Any]:
    """What a scheduled message remembers once it leaves, should it fail."""
    return {"waiting_since": _text(conversation.waiting_since)}


def _resolved_with(message: Message) -> bool:
    """Whether its author resolved the conversation after writing it ("send and resolve")."""
    resolved = Event.objects.filter(conversation_id=message.conversation_id, type="conversation.resolved")
    last = resolved.order_by("-pk").first()
    return (
        last is not None
        and last.actor_kind == Event.ActorKind.AGENT
        and last.actor_id == message.author_user_id
        and last.created_at >= message.created_at
    )


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
