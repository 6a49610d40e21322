"""Opening a conversation, locking one, and keeping its counters true. Used by the other actions alone."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from conversations.models import Channel, Conversation, Desk, Message
from customers.models import Customer
from helpdesk.events.log import Actor, record
from helpdesk.events.models import Event

PREVIEW_CHARACTERS = 160


def lock(conversation_id: int) -> Conversation:
    """The row, locked; the one it was merged into, if it was."""
    while True:
        row = Conversation.objects.select_for_update().get(pk=conversation_id)
        if row.merged_into_id is None:
            return row
        conversation_id = row.merged_into_id


def open_conversation(
    *,
    customer: Customer,
    desk: Desk,
    channel: Channel,
    subject: str,
    language: str,
    by: Actor,
    facts: dict[str, Any] | None = None,
    **fields: Any,
) -> Conversation:
    """A new conversation with the next number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('conversation_number')")
        (number,) = cursor.fetchone()
    conversation = Conversation.objects.create(
        number=number,
        customer=customer,
        desk=desk,
        team=channel.team,
        subject=subject[:300],
        language=language[:10],
        **fields,
    )
    told = {"channel_kind": channel.kind, "customer": customer.pk, **(facts or {})}
    note(conversation, "conversation.opened", by=by, facts=told)
    return conversation


def note(conversation: Conversation, type: str, *, by: Actor, facts: dict[str, Any] | None = None) -> Event:
    """Record an event of a conversation."""
    return record(
        type,
        f"conversation:{conversation.pk}",
        by=by,
        conversation_id=conversation.pk,
        desk_id=conversation.desk_id,
        facts=facts,
    )


def save(conversation: Conversation) -> None:
    """Write a locked row and let screens know that it is newer."""
    conversation.version += 1
    conversation.save()


def count_in(conversation: Conversation, message: Message) -> None:
    """Take a new message into the counters and the preview. The caller saves."""
    at = message.created_at
    conversation.message_count += 1
    conversation.last_message_at = at
    said = message.text or message.subject or ", ".join(message.attachments.values_list("name", flat=True)[:5])
    set_preview(conversation, said, message.author_kind, message.author_name)
    if message.author_kind != Message.AuthorKind.SYSTEM and message.channel.kind not in conversation.channel_kinds:
        conversation.channel_kinds = [*conversation.channel_kinds, message.channel.kind]
    if message.direction == Message.Direction.INBOUND:
        conversation.unread_count += 1
        if not message.not_work:
            conversation.last_inbound_at = at
            conversation.waiting_since = conversation.waiting_since or at
    elif _answers(conversation, message):
        conversation.waiting_since = None


def count_in_past(conversation: Conversation, message: Message) -> None:
    """Take in a message that is older than we are: nothing unread, nobody waiting, no newer word hidden by it."""
    conversation.message_count += 1
    if conversation.last_message_at is None or message.created_at >= conversation.last_message_at:
        conversation.last_message_at = message.created_at
        set_preview(conversation, message.text or message.subject, message.author_kind, message.author_name)
        if conversation.state == Conversation.State.RESOLVED:
            conversation.resolved_at = max(message.created_at, conversation.resolved_at or message.created_at)
    if message.channel.kind not in conversation.channel_kinds:
        conversation.channel_kinds = [*conversation.channel_kinds, message.channel.kind]


def _answers(conversation: Conversation, message: Message) -> bool:
    """Whether a message ends the customer's wait. After a handoff only a person's does."""
    if message.author_kind == Message.AuthorKind.AI:
        return conversation.tier1_state != Conversation.Tier1State.HANDED_OFF
    return message.author_kind == Message.AuthorKind.AGENT


def set_preview(conversation: Conversation, text: str, author_kind: str, author_name: str) -> None:
    """The line that lists show."""
    conversation.preview = preview_of(text)
    conversation.preview_author_kind = author_kind
    conversation.preview_author_name = author_name


def preview_of(text: str) -> str:
    """A text on one line, as much of it as lists show."""
    return " ".join(text.split())[:PREVIEW_CHARACTERS]


def after_person(conversation: Conversation) -> str:
    """The tier-1's state once a person has written: it keeps silent."""
    if conversation.tier1_state in Conversation.HELD_BY_TIER1:
        return Conversation.Tier1State.HANDED_OFF
    return conversation.tier1_state


def reopen(conversation: Conversation, *, by: Actor, why: str) -> None:
    """Open a resolved or snoozed conversation again. The caller saves."""
    was = conversation.state
    conversation.state = Conversation.State.OPEN
    conversation.resolved_at = conversation.snoozed_until = None
    if was == Conversation.State.RESOLVED:
        conversation.reopened_count += 1
    facts = {"from": was, "why": why, "reopened_count": conversation.reopened_count}
    note(conversation, "conversation.reopened", by=by, facts=facts)


def now_if_waiting(conversation: Conversation) -> None:
    """Let the customer wait again since her last word, after an answer that did not settle it."""
    conversation.waiting_since = conversation.waiting_since or conversation.last_inbound_at or timezone.now()
