"""Writing to the log, and numbering what was written once it is committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from helpdesk.events import wake
from helpdesk.events.models import Event

# Any constant will do, as long as nothing else locks it.
NUMBERING_LOCK = 7_304_118

# A clock that was lost (a restored backup, emptied tables) starts anew behind the last number given.
NUMBER = """
WITH p AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY id) n FROM events_event WHERE seq IS NULL),
     k AS (INSERT INTO events_eventclock (id, last)
           SELECT 1, (SELECT count(*) FROM p) + COALESCE((SELECT max(seq) FROM events_event), 0)
           WHERE EXISTS (SELECT FROM p)
           ON CONFLICT (id) DO UPDATE SET last = events_eventclock.last + (SELECT count(*) FROM p) RETURNING last)
UPDATE events_event e SET seq = k.last - (SELECT count(*) FROM p) + p.n FROM p, k WHERE e.id = p.id
RETURNING e.seq, e.subject, e.conversation_id, e.facts, e.type
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as the log keeps it."""

    kind: str
    id: int | None = None
    name: str = ""


SYSTEM = Actor(Event.ActorKind.SYSTEM, name="Onethread")


def record(
    type: str,
    subject: str,
    *,
    by: Actor,
    conversation_id: int | None = None,
    desk_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """Note what an action did, inside its transaction; readers are woken after the commit."""
    event = Event.objects.create(
        type=type,
        subject=subject,
        conversation_id=conversation_id,
        desk_id=desk_id,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name,
        facts=dict(facts or {}),
    )
    # Once per transaction: publishing takes whatever is committed.
    pending = connection.run_on_commit
    if not any(callback is _publish for _, callback, *_ in pending):
        transaction.on_commit(_publish, robust=True)
    return event


def _publish() -> None:
    publish()


def publish() -> int:
    """Number every committed event and wake the readers. Returns how many were numbered.

    The lock is a statement of its own, so that the next one takes a snapshot in which all that
    was numbered before is visible: numbers follow commits, without gaps. Runs in a short
    transaction of its own, never inside an action's, where it could deadlock.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        cursor.execute(NUMBER)
        rows = cursor.fetchall()
    if rows:
        wake.readers(max(row[0] for row in rows), _groups(rows), {row[4] for row in rows})
    return len(rows)


def _groups(rows: list[tuple[int, str, int | None, str, str]]) -> set[str]:
    """The narrow groups that these events concern: a chat window listens to its own conversation alone."""
    groups: set[str] = set()
    for _, subject, conversation_id, raw, _ in rows:
        facts = json.loads(raw) if isinstance(raw, str) else raw
        groups.add(subject)
        groups.update(f"conversation:{one}" for one in (conversation_id, facts.get("joined")) if one)
        groups.update(f"customer:{one}" for one in (facts.get("customer"), facts.get("merged")) if one)
    return groups


def last_seq() -> int:
    """The number of the newest published event."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM events_eventclock")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
