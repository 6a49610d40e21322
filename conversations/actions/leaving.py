"""The moment a message is said: at once, or when what waited leaves. Used by the other actions alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from conversations.actions import addressing, holding, threads
from conversations.models import WAITING, Conversation, Delivery, DeliveryState, Message, Unsaid
from conversations.recipients import Recipient
from helpdesk.events.log import Actor

State = Conversation.State


def say(message: Message, *, reached: bool = True) -> None:
    """Let what waited count as said, now that it leaves. Nothing where it did not wait.

    Without ``reached`` it was refused: agents see it as failed, and the customer waits on. The conversation is
    locked, and ``message.conversation`` is its current row.
    """
    if message.unsaid not in WAITING:
        return
    conversation = message.conversation
    was, waiting_since, waited = message.unsaid, conversation.waiting_since, seconds_waited(conversation)
    message.conversation_before = holding.kept_wait(conversation) if was == Unsaid.LATER else None
    message.unsaid, message.held_until, message.delivery_state = "", None, DeliveryState.QUEUED
    # Said after what was said while it waited.
    message.created_at = timezone.now()
    message.version += 1
    message.save(
        update_fields=["unsaid", "held_until", "delivery_state", "conversation_before", "created_at", "version"]
    )
    # Where one mail carries all copies, the first to leave takes along what is on its way.
    Delivery.objects.filter(message=message, state=DeliveryState.HELD).update(state=DeliveryState.QUEUED)
    threads.count_in(conversation, message)
    if not reached:
        conversation.waiting_since = waiting_since
    if was == Unsaid.UNDO and conversation.state == State.SNOOZED:
        conversation.state, conversation.snoozed_until = State.OPEN, None
    holding.note_next(conversation)
    threads.save(conversation)
    by = _author(message)
    _bring_in(message, by)
    tell(conversation, message, by=by, waited=waited)


def tell(conversation: Conversation, message: Message, *, by: Actor, waited: float | None) -> None:
    """Note that a message of ours was said. ``waited`` is how many seconds the customer had waited for it."""
    said = conversation.messages.said().exclude(pk=message.pk).exclude(author_kind="system")
    before = said.order_by("-pk").first()
    facts: dict[str, Any] = {
        "message": message.pk,
        "direction": message.direction,
        "author": message.author_kind,
        "channel": message.channel_id,
        "channel_kind": message.channel.kind,
        "identity": message.identity_id,
        "waited_seconds": waited,
    }
    threads.note(conversation, "message.created", by=by, facts=facts)
    is_word = message.author_kind in (Message.AuthorKind.AGENT, Message.AuthorKind.AI)
    if is_word and before and before.channel.kind != message.channel.kind:
        switch = {"from": before.channel.kind, "to": message.channel.kind, "message": message.pk}
        threads.note(conversation, "conversation.channel_switched", by=by, facts=switch)


def seconds_waited(conversation: Conversation) -> float | None:
    """How long the customer has waited for us."""
    if conversation.waiting_since is None:
        return None
    return round((timezone.now() - conversation.waiting_since) / timedelta(seconds=1), 1)


def _bring_in(message: Message, by: Actor) -> None:
    """Whoever it goes to openly takes part from now on."""
    if message.author_user is None:
        return
    rows = message.recipients.order_by("pk")
    named = [(row.field, Recipient(row.address, row.address_as_seen, row.name)) for row in rows]
    addressing.bring_in(message, named, by=by, user=message.author_user)


def _author(message: Message) -> Actor:
    return Actor(message.author_kind, message.author_user_id, message.author_name)
