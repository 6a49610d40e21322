"""Keyset pages of the inbox's lists: never an OFFSET, however long the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import Q

from conversations.frames import conversations
from conversations.models import Conversation
from conversations.models.conversations import ConversationQuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor of the next page where there is one."""

    rows: list[Conversation]
    next: str | None


def page_of(rows: ConversationQuerySet, cursor: str, size: int = PAGE_SIZE) -> Page:
    """The page after a cursor, in the order "waiting longest first". A spoilt cursor starts anew."""
    ordered = conversations(rows.waiting_longest_first())
    if cursor:
        ordered = ordered.filter(_after(cursor))
    found = list(ordered[: size + 1])
    more = len(found) > size
    return Page(found[:size], _cursor(found[size - 1]) if more else None)


def _cursor(row: Conversation) -> str:
    waiting, last = row.waiting_since, row.last_message_at
    return signing.dumps([waiting and waiting.isoformat(), last and last.isoformat(), row.pk], compress=True)


def _after(cursor: str) -> Q:
    try:
        waiting_text, last_text, pk = signing.loads(cursor)
    except signing.BadSignature:
        return Q()
    waiting, last = _moment(waiting_text), _moment(last_text)
    later = Q(last_message_at__lt=last) | Q(last_message_at=last, pk__lt=pk) if last else Q(pk__lt=pk)
    if waiting is None:
        return Q(waiting_since=None) & later
    return Q(waiting_since__gt=waiting) | Q(waiting_since=None) | (Q(waiting_since=waiting) & later)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
