"""Rows of the API: the same shapes as the screens', under the names of the contract."""

from __future__ import annotations

from typing import Any

from conversations import public
from conversations.models import Channel, Conversation, Delivery, Handoff, Message
from customers.assurance import Assurance
from customers.models import Consent, Customer
from helpdesk.events.models import Event

Row = dict[str, Any]
CONVERSATION = [
    "id",
    "number",
    "desk",
    "customer",
    "subject",
    "state",
    "priority",
    "language",
    "assignee",
    "team",
    "tier1_state",
    "channel_kinds",
    "message_count",
    "unread_count",
    "waiting_since",
    "last_message_at",
    "snoozed_until",
    "scheduled_at",
    "resolved_at",
    "linked_to",
    "participants",
    "created_at",
]
MESSAGE = [
    "id",
    "conversation",
    "channel_kind",
    "identity",
    "our_address",
    "to",
    "cc",
    "bcc",
    "assurance",
    "direction",
    "author",
    "subject",
    "text",
    "quoted_text",
    "attachments",
    "delivery_state",
    "delivery_error",
    "held_until",
    "unsaid",
    "scheduled_for",
    "sends_anyway",
    "wants_template",
    "template",
    "client_id",
    "mailed_with",
    "carries",
    "replaces",
    "replaced_by",
    "citations",
    "thread_reason",
    "is_automatic",
    "sent_at",
    "created_at",
]
HANDOFF = [
    "id",
    "conversation",
    "reason",
    "reason_text",
    "wish",
    "known_facts",
    "answered",
    "promised",
    "next_step",
    "mood",
    "language",
    "created_at",
]


def conversation(row: Conversation) -> Row:
    """See design.md, section 7."""
    return _only(public.conversation(row), CONVERSATION)


def message(row: Message) -> Row:
    """See design.md, section 7."""
    shown = _only(public.message(row), MESSAGE)
    return {**shown, "channel": row.channel_id, "html": row.html}


def handoff(row: Handoff) -> Row:
    """The brief."""
    return _only(public.handoff(row), HANDOFF)


def customer(row: Customer) -> Row:
    """See design.md, section 7."""
    return {
        "id": row.pk,
        "name": public.customer_name(row),
        "language": row.language,
        "identities": [
            {
                "id": one.pk,
                "kind": one.kind,
                "address": one.address,
                "assurance": Assurance(one.assurance).label,
                "is_shared": one.is_shared,
            }
            for one in sorted(row.identities.all(), key=lambda one: one.pk)
        ],
        "created_at": public.at(row.created_at),
    }


def consent(row: Consent) -> Row:
    """One entry of the ledger of consent."""
    return {"identity": row.identity_id, **public.consent(row)}


def event(row: Event) -> Row:
    """A line of the log."""
    return {
        "id": row.seq,
        "seq": row.seq,
        "type": row.type,
        "subject": row.subject,
        "conversation": row.conversation_id,
        "actor": {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name},
        "facts": row.facts,
        "created_at": public.at(row.created_at),
    }


def channel(row: Channel) -> Row:
    """A channel and what it can do."""
    return {**public.channel(row), "desk": row.desk_id, "language": row.language, "key": row.key}


def delivery(row: Delivery) -> Row:
    """What became of one message."""
    return {
        "id": row.pk,
        "message": row.message_id,
        "conversation": row.message.conversation_id,
        "channel": row.channel_id,
        "channel_kind": row.channel.kind,
        "state": row.state,
        "attempt_count": row.attempt_count,
        "provider_message_id": row.provider_message_id,
        "error_code": row.error_code,
        "error": row.error,
        "cost": str(row.cost) if row.cost is not None else None,
        "currency": row.currency,
        "segment_count": row.segment_count,
        "not_before": public.at(row.not_before),
        "created_at": public.at(row.created_at),
        "updated_at": public.at(row.updated_at),
    }


def _only(row: Row, names: list[str]) -> Row:
    return {name: row[name] for name in names}
