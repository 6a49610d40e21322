"""Open, snoozed, resolved, spam."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from conversations.actions import scheduling, threads
from conversations.actions.transactions import retried
from conversations.models import Conversation
from helpdesk.events.log import Actor


@retried
def resolve(conversation: Conversation, *, by: Actor, how: str = "by_hand") -> Conversation:
    """Settle a conversation. ``how`` is kept for the reports: by_hand, confirmed, assumed."""
    row = threads.lock(conversation.pk)
    if row.state == Conversation.State.RESOLVED:
        return row
    now = timezone.now()
    facts = {
        "from": row.state,
        "how": how,
        "by": by.kind,
        "open_seconds": round((now - row.created_at).total_seconds()),
        "tier1_state": row.tier1_state,
        "reopened_count": row.reopened_count,
    }
    row.state, row.resolved_at, row.snoozed_until = Conversation.State.RESOLVED, now, None
    row.waiting_since, row.unread_count = None, 0
    # What comes after a resolution is a new turn of the conversation: the tier-1 may answer again.
    row.tier1_state = Conversation.Tier1State.OFF
    threads.save(row)
    threads.note(row, "conversation.resolved", by=by, facts=facts)
    return row


@retried
def reopen(conversation: Conversation, *, by: Actor, why: str = "by_hand") -> Conversation:
    """Open a conversation again."""
    row = threads.lock(conversation.pk)
    if row.state == Conversation.State.OPEN:
        return row
    threads.reopen(row, by=by, why=why)
    threads.save(row)
    return row


@retried
def snooze(conversation: Conversation, *, until: datetime, by: Actor) -> Conversation:
    """Put a conversation aside until a moment, or until the customer writes."""
    row = threads.lock(conversation.pk)
    row.state, row.snoozed_until, row.resolved_at = Conversation.State.SNOOZED, until, None
    threads.save(row)
    threads.note(row, "conversation.snoozed", by=by, facts={"until": until.isoformat()})
    return row


@retried
def mark_spam(conversation: Conversation, *, by: Actor) -> Conversation:
    """Take a conversation out of every queue."""
    row = threads.lock(conversation.pk)
    was = row.state
    row.state, row.resolved_at, row.waiting_since = Conversation.State.SPAM, timezone.now(), None
    scheduling.cancel_all(row, by=by)
    threads.save(row)
    threads.note(row, "conversation.marked_spam", by=by, facts={"from": was})
    return row


@retried
def mark_read(conversation: Conversation, *, by: Actor) -> Conversation:
    """Nothing unread any more."""
    row = threads.lock(conversation.pk)
    if row.unread_count:
        row.unread_count = 0
        threads.save(row)
        threads.note(row, "conversation.read", by=by)
    return row
