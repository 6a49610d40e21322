"""What a chat window may show: only what this session's own addresses wrote or received."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from channels_ingest.attachments import session_url
from conversations.models import Attachment, Conversation, Message
from conversations.public import at
from customers import addresses
from customers.models import Challenge, Identity

Row = dict[str, Any]
LIMIT = 200
# What a browser shows by itself and nothing runs in.
SHOWN_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def identities_of(session: Identity) -> list[int]:
    """The session itself and the addresses that were proved in it."""
    proved = Challenge.objects.filter(asked_from=session).exclude(proved_at=None)
    return [session.pk, *proved.values_list("identity_id", flat=True)]


def current(session: Identity) -> Conversation | None:
    """The conversation that the session is in: the one of its last message."""
    last = Message.objects.said().filter(identity=session).order_by("-pk").select_related("conversation").first()
    return last.conversation if last else None


def everything(session: Identity, conversation: Conversation | None) -> list[Row]:
    """The whole window, for a first paint."""
    rows: list[Row] = []
    if conversation:
        shown = _shown(session, conversation)
        rows = [
            conversation_row(conversation),
            *[message_row(one, session) for one in reversed(shown.order_by("-pk")[:LIMIT])],
        ]
    return rows + [challenge_row(one) for one in open_challenges(session)]


def changed(
    session: Identity, conversation: Conversation | None, message_ids: set[int], challenge_ids: set[int]
) -> list[Row]:
    """The current rows of what an event named, as far as this session may see it."""
    rows: list[Row] = []
    if conversation:
        rows.append(conversation_row(conversation))
        named = _shown(session, conversation).filter(pk__in=message_ids).order_by("pk")
        rows += [message_row(one, session) for one in named]
    mine = Challenge.objects.filter(pk__in=challenge_ids, asked_from=session).select_related("identity")
    return rows + [challenge_row(one) for one in mine]


def file_of(session: Identity, attachment_id: int) -> Attachment | None:
    """A file of a message that this session may see now."""
    seen = Message.objects.shown_to(identities_of(session))
    return Attachment.objects.filter(pk=attachment_id, message__in=seen).exclude(file="").first()


def open_challenges(session: Identity) -> list[Challenge]:
    """The codes this session was asked for lately."""
    since = timezone.now() - timedelta(minutes=15)
    rows = Challenge.objects.filter(asked_from=session, created_at__gt=since).select_related("identity")
    return list(rows.order_by("pk"))


def message_row(row: Message, session: Identity) -> Row:
    """A message as the customer sees it."""
    return {
        "kind": "message",
        "id": row.pk,
        "version": row.version,
        "conversation": row.conversation_id,
        "direction": row.direction,
        "author": {"kind": row.author_kind, "name": row.author_name if row.direction == "outbound" else ""},
        "text": row.text,
        "client_id": row.client_id if row.direction == "inbound" else "",
        "channel_kind": row.channel.kind,
        "citations": _sources(row.citations),
        "is_automatic": row.author_kind in ("ai", "system"),
        "attachments": [_attachment(one, session) for one in row.attachments.all() if one.file],
        "created_at": at(row.created_at),
    }


def _sources(citations: list[dict[str, Any]]) -> list[Row]:
    """One line per article, however many of its sections were quoted."""
    by_url = {one.get("url"): one for one in reversed(citations)}
    return [
        {"number": number, "title": one.get("title"), "url": url}
        for number, (url, one) in enumerate(reversed(by_url.items()), start=1)
    ]


def conversation_row(row: Conversation) -> Row:
    """As much of the conversation as its customer may know."""
    return {
        "kind": "conversation",
        "id": row.pk,
        "version": row.version,
        "state": "resolved" if row.state in ("resolved", "spam") else "open",
        "agent": {"name": row.assignee.name} if row.assignee else None,
        "is_waiting": row.waiting_since is not None,
        "is_with_person": row.is_held_by_person,
    }


def challenge_row(row: Challenge) -> Row:
    """The card that asks for a code."""
    return {
        "kind": "challenge",
        "id": row.pk,
        "version": row.version,
        "address_hint": addresses.hint(row.identity.kind, row.identity.address),
        "channel_kind": row.channel_kind,
        "state": "proved" if row.proved_at else "pending" if row.is_open else "expired",
        "expires_at": at(row.expires_at),
    }


def _shown(session: Identity, conversation: Conversation) -> Any:
    messages = Message.objects.shown_to(identities_of(session)).filter(conversation=conversation)
    # Our own notices on other channels (a code we texted) are not part of the talk.
    talk = messages.exclude(~Q(channel__kind="chat"), author_kind=Message.AuthorKind.SYSTEM)
    return talk.select_related("channel").prefetch_related("attachments")


def _attachment(row: Attachment, session: Identity) -> Row:
    url = session_url(row, session)
    is_picture = row.content_type in SHOWN_PICTURES
    return {"name": row.name, "content_type": row.content_type, "size": row.size, "url": url, "is_picture": is_picture}
