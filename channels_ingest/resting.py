"""Leaving a provider alone that is away, so that its messages hold up nobody else's. They lose nothing by it."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from channels_ingest.adapters.failures import AdapterError
from channels_ingest.models import Connection

# So many attempts in a row that found nobody, and the provider counts as away.
AWAY_AFTER = 3
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)


def is_resting(connection: Connection) -> bool:
    """Whether nothing is tried for now."""
    return connection.rests_until is not None and connection.rests_until > timezone.now()


def at_once(connection: Connection, usually: int) -> int:
    """How many messages may be on their way at a time: after a rest one goes ahead to see."""
    return 1 if connection.trouble_count >= AWAY_AFTER else usually


def note_attempt(connection: Connection, error: AdapterError | None) -> None:
    """What an attempt showed of the provider. A refused message is an answer like any other."""
    mine = Connection.objects.filter(pk=connection.pk)
    if error is None or not error.is_away:
        mine.exclude(trouble_count=0).update(trouble_count=0, rests_until=None)
        return
    mine.update(trouble_count=F("trouble_count") + 1, error=error.text[:400])
    count = mine.values_list("trouble_count", flat=True).get()
    if count >= AWAY_AFTER:
        rest = min(FIRST_REST * 2 ** min(count - AWAY_AFTER, 10), LONGEST_REST)
        mine.update(rests_until=timezone.now() + rest)


def resting_channels() -> set[int]:
    """Channels whose provider is left alone for now."""
    rows = Connection.objects.filter(is_active=True, rests_until__gt=timezone.now())
    return set(rows.values_list("channel_id", flat=True))
