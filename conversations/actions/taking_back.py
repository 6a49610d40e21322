"""What is left of a message that never leaves: the row, for the record, and nothing else. Used by scheduling alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from conversations.actions import holding, threads
from conversations.models import WAITING, Conversation, Delivery, DeliveryState, Message, Unsaid
from helpdesk.events.log import Actor

# Nobody outside has it yet. A copy that failed may have been seen by somebody on the way.
_HERE = (DeliveryState.QUEUED, DeliveryState.HELD)
_BY_US = (Message.AuthorKind.AGENT, Message.AuthorKind.AI)


def is_here(message: Message) -> bool:
    """Whether nothing of a message has left. The conversation is locked, so that nothing leaves meanwhile."""
    if message.unsaid:
        return True
    # A code is not an agent's to take back.
    if message.direction != Message.Direction.OUTBOUND or message.author_kind not in _BY_US:
        return False
    rows = list(Delivery.objects.filter(message=message).values_list("state", "provider_message_id", "rides_with"))
    return bool(rows) and all(state in _HERE and not sent_as and carrier is None for state, sent_as, carrier in rows)


def take_back(
    conversation: Conversation, message: Message, why: Unsaid, *, by: Actor, more: Mapping[str, Any] | None = None
) -> None:
    """Cancel a message with all its deliveries. The conversation is locked; the caller saves it."""
    waited = message.unsaid in WAITING
    was = message.unsaid
    message.unsaid, message.delivery_state, message.held_until = why, DeliveryState.CANCELLED, None
    failed, message.replaces = message.replaces, None
    message.version += 1
    message.save(update_fields=["unsaid", "delivery_state", "held_until", "replaces", "version"])
    if failed is not None:
        # Nothing stands in its place any more: it can be sent another way again.
        Message.objects.filter(pk=failed.pk).update(version=F("version") + 1)
    left = Delivery.objects.filter(message=message, state__in=_HERE)
    left.update(state=DeliveryState.CANCELLED, secret=None, updated_at=timezone.now())
    if not waited:
        _uncount(conversation, message)
    elif why == Unsaid.TAKEN_BACK:
        holding.restore(conversation, message, by=by)
    holding.note_next(conversation)
    facts = {"message": message.pk, "why": why, "was": was, "author": message.author_user_id, **(more or {})}
    if failed is not None:
        facts["messages"] = [failed.pk]
    threads.note(conversation, "message.cancelled", by=by, facts=facts)


def _uncount(conversation: Conversation, message: Message) -> None:
    """Let a message that counted as said, and is still here, count no more."""
    conversation.message_count = max(0, conversation.message_count - 1)
    said = conversation.messages.said()
    last = said.order_by("-created_at", "-pk").first()
    if last is not None:
        conversation.last_message_at = last.created_at
        threads.set_preview(conversation, last.text or last.subject, last.author_kind, last.author_name)
    ours = said.filter(author_kind__in=_BY_US).order_by("-pk").values_list("pk", flat=True).first()
    asked = said.filter(direction=Message.Direction.INBOUND, not_work="", pk__gt=ours or 0).order_by("pk").first()
    if conversation.waiting_since is None and asked is not None and conversation.state == Conversation.State.OPEN:
        conversation.waiting_since = asked.created_at
    if message.author_kind == Message.AuthorKind.AI:
        # Whoever takes back the assistant's word has the conversation.
        conversation.tier1_state = threads.after_person(conversation)
