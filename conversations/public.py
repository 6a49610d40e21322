"""The rows that leave for agents' screens: one shape per kind, each with the version it shows.

The same functions feed the first paint, the socket and the API, so that they can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from conversations import beginnings, fallback, later, reach, templates
from conversations.file_rules import FileRules
from conversations.models import (
    Attachment,
    Channel,
    Conversation,
    DeliveryState,
    Handoff,
    Message,
    MessageRecipient,
    MessageTemplate,
    Note,
    Participant,
)
from conversations.prices import PriceBook, Tariff
from customers.assurance import Assurance
from customers.models import Consent, Customer
from helpdesk.events.models import Event

Row = dict[str, Any]

# Addresses that mean nothing to people, and what is said in their place.
NAMELESS = {"visitor": "Visitor", "whatsapp_user": "WhatsApp user"}

CONSENTS_SHOWN = 20

# Events that a thread shows as a line of its own.
ENTRIES = frozenset(
    {
        "conversation.assigned",
        "conversation.resolved",
        "conversation.reopened",
        "conversation.snoozed",
        "conversation.marked_spam",
        "conversation.joined",
        "conversation.moved",
        "message.cancelled",
        "participant.let_in",
        "tier1.handed_off",
        "tier1.taken_over",
        "call.started",
        "call.ended",
        "call.back_wanted",
        "identity.confirmed",
        "customer.merged",
        "message.undelivered",
    }
)


def at(moment: datetime | None) -> str | None:
    """A time for the wire: ISO 8601 in UTC."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def conversation(row: Conversation) -> Row:
    """A conversation as lists and headers show it."""
    return {
        "kind": "conversation",
        "id": row.pk,
        "version": row.version,
        "number": row.number,
        "desk": row.desk_id,
        "subject": row.subject,
        "customer": {"id": row.customer_id, "name": customer_name(row.customer)},
        "state": row.state,
        "priority": row.priority,
        "language": row.language,
        "assignee": {"id": row.assignee.pk, "name": row.assignee.name} if row.assignee else None,
        "team": {"id": row.team.pk, "name": row.team.name} if row.team else None,
        "tier1_state": row.tier1_state,
        "channel_kinds": row.channel_kinds,
        "message_count": row.message_count,
        "unread_count": row.unread_count,
        "preview": row.preview,
        "preview_author": {"kind": row.preview_author_kind, "name": row.preview_author_name},
        "waiting_since": at(row.waiting_since),
        "last_message_at": at(row.last_message_at),
        "snoozed_until": at(row.snoozed_until),
        "scheduled_at": at(row.scheduled_at),
        "resolved_at": at(row.resolved_at),
        "linked_to": row.linked_to_id,
        "participants": [participant(one) for one in sorted(row.participants.all(), key=lambda one: one.pk)],
        "created_at": at(row.created_at),
    }


def participant(row: Participant) -> Row:
    """Somebody on a conversation beside its customer. ``state`` "beside": shown, not answered until let in."""
    return {
        "id": row.pk,
        "address": row.address_as_seen or row.address,
        "name": row.name,
        "state": row.state,
        "since": row.since_id,
    }


def message(row: Message) -> Row:
    """A message with its channel, its address and what it proved."""
    identity = row.identity
    return {
        "kind": "message",
        "id": row.pk,
        "version": row.version,
        "conversation": row.conversation_id,
        "channel": {"id": row.channel_id, "kind": row.channel.kind, "name": row.channel.name},
        "channel_kind": row.channel.kind,
        "identity": {"id": identity.pk, "kind": identity.kind, "address": identity.address_as_seen or identity.address}
        if identity
        else None,
        "our_address": row.our_address,
        **{field: readers(row, field) for field in MessageRecipient.Field.values},
        "assurance": Assurance(row.assurance).label if row.assurance else "",
        "direction": row.direction,
        "author": {"kind": row.author_kind, "id": row.author_user_id, "name": row.author_name},
        "subject": row.subject,
        "text": row.text,
        "html_url": reverse("message_html", args=[row.pk]) if row.html else None,
        # Pictures from elsewhere stay away until somebody asks for them.
        "has_remote_images": " data-src=" in row.html,
        "quoted_text": row.quoted_text,
        "full_text": row.full_text,
        "heard_confidence": row.heard_confidence,
        "attachments": [attachment(one) for one in row.attachments.all()],
        "delivery_state": row.delivery_state,
        "delivery_error": row.delivery_error,
        "held_until": at(row.held_until),
        "unsaid": row.unsaid,
        "scheduled_for": at(row.scheduled_for),
        "sends_anyway": row.sends_anyway,
        "wants_template": row.wants_template,
        "template": {
            "id": row.template.pk,
            "name": row.template.name,
            "language": row.template.language,
            "values": row.template_values,
        }
        if row.template
        else None,
        "client_id": row.client_id,
        # The mail that took along what was not seen in the chat; and on that mail, what it brings.
        "mailed_with": row.mailed_with_id,
        "carries": sorted(one.pk for one in row.carried.all()),
        # The failed message that it was sent instead of; and on that one, what was sent instead.
        "replaces": row.replaces_id,
        "replaced_by": replacement(row),
        "citations": row.citations,
        "thread_reason": {
            "rule": row.thread_rule,
            "reason": row.thread_reason,
            "confidence": row.thread_confidence,
        }
        if row.thread_rule
        else None,
        "is_automatic": row.is_automatic,
        "not_work": row.not_work,
        "sent_at": at(row.sent_at),
        "created_at": at(row.created_at),
    }


def replacement(row: Message) -> Row | None:
    """What an agent sent in place of a message that failed."""
    found: Message | None = getattr(row, "replaced_by", None)
    if found is None:
        return None
    return {"message": found.pk, "channel_kind": found.channel.kind, "at": at(found.created_at)}


def readers(row: Message, field: str) -> list[Row]:
    """Who a mail went to by one of its headers; on what we send with what became of each copy."""
    found = [one for one in row.recipients.all() if one.field == field]
    return [
        {
            "address": one.address_as_seen or one.address,
            "name": one.name,
            "state": _told(one.delivery.state) if one.delivery else "",
            "error": one.delivery.error if one.delivery else "",
        }
        for one in sorted(found, key=lambda one: one.pk)
    ]


def _told(state: str) -> str:
    """That an attempt began is told to nobody: a copy is waiting until it left."""
    return DeliveryState.QUEUED if state == DeliveryState.SENDING else state


def attachment(row: Attachment) -> Row:
    """A file, by a URL that checks who asks."""
    return {
        "id": row.pk,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "url": reverse("attachment", args=[row.pk]) if row.file else None,
        "error": row.error,
    }


def note(row: Note) -> Row:
    """A private note."""
    return {
        "kind": "note",
        "id": row.pk,
        "version": row.version,
        "conversation": row.conversation_id,
        "author": {"id": row.author_id, "name": row.author_name},
        "text": row.text,
        "attachments": [attachment(one) for one in row.attachments.all()],
        "client_id": row.client_id,
        "created_at": at(row.created_at),
    }


def handoff(row: Handoff) -> Row:
    """The brief."""
    return {
        "kind": "handoff",
        "id": row.pk,
        "version": row.version,
        "conversation": row.conversation_id,
        "reason": row.reason,
        "reason_text": row.reason_text,
        "wish": row.wish,
        "known_facts": row.known_facts,
        "answered": row.answered,
        "promised": row.promised,
        "next_step": row.next_step,
        "mood": row.mood,
        "language": row.language,
        "created_at": at(row.created_at),
    }


def customer(row: Customer, channels: Iterable[Channel]) -> Row:
    """A customer with every address and the ways to it."""
    channels = list(channels)
    book = PriceBook(channels, row.identities.all())
    return {
        "kind": "customer",
        "id": row.pk,
        "version": row.version,
        "name": customer_name(row),
        # Whether that is a name, and not an address in its place.
        "is_named": bool(row.name),
        "language": row.language,
        "identities": [
            {
                "id": one.pk,
                "kind": one.kind,
                "address": one.address_as_seen or one.address,
                "assurance": Assurance(one.assurance).label,
                "is_shared": one.is_shared,
                "first_seen_at": at(one.first_seen_at),
                "reach": [way(found, channels, book.of(found.channel, one)) for found in reach.ways(one, channels)],
                "consents": consents(one.consents.all()),
            }
            for one in sorted(row.identities.all(), key=lambda one: (-one.assurance, one.pk))
        ],
        "created_at": at(row.created_at),
    }


def prices(tariff: Tariff) -> Row:
    """What one segment or message costs there, by category of template; "" is for words of one's own."""
    return {
        category: {"lowest": str(price.lowest), "highest": str(price.highest), "currency": price.currency}
        for category, price in tariff.items()
    }


def way(row: reach.Way, channels: list[Channel], tariff: Tariff) -> Row:
    """One channel to an address. ``left_at`` and ``then_to``: nobody is in the chat, and where it is mailed to."""
    left_at = fallback.has_left(row.identity) if row.identity and row.channel.abilities.is_own else None
    mailed = fallback.then_mailed(row, channels) if left_at else None
    return {
        "channel": row.channel.pk,
        "channel_kind": row.channel.kind,
        "is_open": row.is_open,
        "why": row.why,
        "closes_at": at(row.closes_at),
        "takes_template": row.takes_template,
        "prices": prices(tariff),
        "doubt": row.doubt,
        "is_dead": row.is_dead,
        "left_at": at(left_at),
        "then_to": (mailed.identity.address_as_seen or mailed.identity.address) if mailed and mailed.identity else "",
    }


def consents(rows: Iterable[Consent]) -> list[Row]:
    """The newest entries of the ledger for one address, newest first."""
    newest = sorted(rows, key=lambda one: (one.said_at, one.pk), reverse=True)
    return [consent(one) for one in newest[:CONSENTS_SHOWN]]


def consent(row: Consent) -> Row:
    """One entry of the ledger of consent."""
    return {
        "id": row.pk,
        "channel_kind": row.channel_kind,
        "state": row.state,
        "scope": row.scope,
        "source": row.source,
        "words": row.words,
        "said_to": row.said_to,
        "by_name": row.by_name,
        "said_at": at(row.said_at),
    }


def template(row: MessageTemplate) -> Row:
    """A template as the composer offers it. ``why_not`` says in a sentence why it can't be sent."""
    why_not = templates.why_not(row)
    return {
        "id": row.pk,
        "channel": row.channel_id,
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "state": row.state,
        "is_usable": not why_not,
        "why_not": why_not,
        "header": row.header,
        "body": row.body,
        "footer": row.footer,
        "buttons": row.buttons,
        "variables": row.variables,
        "synced_at": at(row.synced_at),
    }


def entry(event: Event) -> Row:
    """A line of the thread that tells what happened."""
    return {
        "kind": "entry",
        "id": event.pk,
        "version": 1,
        "conversation": event.conversation_id,
        "type": event.type,
        "actor": {"kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name},
        "facts": event.facts,
        "created_at": at(event.created_at),
    }


def channel(row: Channel) -> Row:
    """A channel, with what its kind can do."""
    kind = row.abilities
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "address": row.address,
        "label": kind.label,
        "is_on": row.is_on,
        "max_characters": kind.max_characters,
        "is_rich": kind.is_rich,
        "is_segmented": kind.is_segmented,
        "takes_attachments": kind.takes_attachments,
        "files": file_rules(row.files),
        "takes_keywords": kind.takes_keywords,
        # Whether there is any template to choose from.
        "has_templates": kind.has_templates and row.templates.listed().exists(),
        "is_by_choice": kind.is_by_choice,
        "has_recipients": kind.has_recipients,
        # Whether somebody can be written to first there.
        "can_begin": beginnings.can_begin(row),
        **later.of_channel(row),
        "addresses": list(row.addresses),
        # The writer's name is filled in by the screen, where it is seen before it is sent.
        "signature": row.signature.replace("{brand}", row.desk.brand or row.desk.name) if row.signature else "",
    }


def file_rules(rules: FileRules | None) -> Row | None:
    """What files a message may carry, sizes in bytes; None where it carries none."""
    if rules is None:
        return None
    kinds = [{"what": one.what, "types": list(one.types), "max_bytes": one.max_bytes} for one in rules.kinds]
    return {
        "max_total_bytes": rules.max_total_bytes,
        "max_count": rules.max_count,
        "is_one_by_one": rules.is_one_by_one,
        "remark": rules.remark,
        "kinds": kinds,
    }


def customer_name(row: Customer) -> str:
    """The name, or the best that is known instead."""
    if row.name:
        return row.name
    best = max(
        row.identities.all(),
        key=lambda one: (one.kind not in NAMELESS, one.kind != "visitor", one.assurance),
        default=None,
    )
    if best is None:
        return "Unknown sender"
    return NAMELESS.get(best.kind) or best.address_as_seen or best.address
