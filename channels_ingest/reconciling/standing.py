"""Which lists there are to read, when each is due, and how it fares."""

from __future__ import annotations

import random
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.backoff import Backoff
from channels_ingest.models import Connection
from channels_ingest.reconciling.models import ReceivedList

INTERVAL = timedelta(minutes=3)
_BACKOFF = Backoff(away_seconds=20, wrong_seconds=120, longest=timedelta(minutes=30))
# A poll that began and never reported back died on the way.
POLL_LASTS = timedelta(seconds=150)


def settle() -> list[int]:
    """Give every connection that has a list its row, note changed accounts, and return those due (connection ids)."""
    providers = [name for name, adapter in ADAPTERS.items() if adapter.lists_received]
    connections = Connection.objects.select_related("channel", "received_list")
    due = []
    for connection in connections.filter(provider__in=providers, is_active=True):
        row = getattr(connection, "received_list", None)
        if row is None or row.account != account_of(connection):
            row = adopt(connection)
        if row.next_poll_at <= timezone.now():
            due.append(connection.pk)
    return due


def adopt(connection: Connection) -> ReceivedList:
    """Take over what is set now: what came before it was connected is not ours to take in."""
    account, now = account_of(connection), timezone.now()
    row = ReceivedList.objects.filter(connection=connection).first()
    if row is None:
        fresh = ReceivedList(account=account)
        fresh.begin_at(connection.created_at)
        values = {"account": account, "begins_at": fresh.begins_at, "read_until": fresh.read_until}
        row, _ = ReceivedList.objects.get_or_create(connection=connection, defaults=values)
    elif row.account != account:
        row.begin_at(now)
        row.account, row.error, row.failure_count, row.next_poll_at = account, "", 0, now
        row.save()
    return row


def account_of(connection: Connection) -> str:
    """Whose list it is. A changed secret leaves it the same."""
    named = (connection.credentials.get("account_sid"), connection.settings.get("messaging_service_sid"))
    return " ".join(str(part or "-").strip() for part in (*named, connection.channel.address))[:400]


def claim(connection_id: int) -> ReceivedList | None:
    """Take a due list for one poll. None where it isn't due, or somebody else has it."""
    now = timezone.now()
    due = ReceivedList.objects.filter(connection=connection_id, connection__is_active=True, next_poll_at__lte=now)
    if not due.update(next_poll_at=now + POLL_LASTS):
        return None
    return ReceivedList.objects.select_related("connection__channel").get(connection=connection_id)


def note_success(row: ReceivedList, *, is_more: bool) -> None:
    """It was read; ``is_more`` where the pass isn't through."""
    now = timezone.now()
    pause = timedelta() if is_more else INTERVAL * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, no secret
    rows = ReceivedList.objects.filter(pk=row.pk)
    rows.update(last_success_at=now, failure_count=0, error="", next_poll_at=now + pause)


def note_failure(row: ReceivedList, error: AdapterError) -> None:
    """It could not be read. Tried again after a while, each time a longer one."""
    rest = _BACKOFF.after(error, row.failure_count)
    rows = ReceivedList.objects.filter(pk=row.pk)
    rows.update(error=error.text[:400], failure_count=F("failure_count") + 1, next_poll_at=timezone.now() + rest)


def wake(channel_id: int) -> None:
    """Look now: we may have been away. One that rests because it can't be read goes on resting."""
    rows = ReceivedList.objects.filter(connection__channel=channel_id, connection__is_active=True, failure_count=0)
    rows.update(next_poll_at=timezone.now())


def retry_now(connection: Connection) -> None:
    """Its settings were changed: try at once, however often it failed."""
    ReceivedList.objects.filter(connection=connection).update(next_poll_at=timezone.now(), failure_count=0, error="")


def problems(connection_ids: list[int]) -> dict[int, str]:
    """Why lists can't be read, in sentences, by connection; those that are fine are left out."""
    failing = ReceivedList.objects.filter(connection__in=connection_ids).exclude(error="")
    return {row.connection_id: f"We can't ask whether messages went missing: {row.error}" for row in failing}
