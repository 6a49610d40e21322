"""Loading and removing wait for each other: two loads at once would draw two sets of secrets."""

from __future__ import annotations

from django.db import connection

# Any constant will do, as long as nothing else locks it.
_LOCK = 7_304_233


def hold() -> None:
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
