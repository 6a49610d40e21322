"""How each channel fares, in as many queries for fifty channels as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from ai_tier1 import rollout
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.mailboxes import accounts
from channels_ingest.models import Connection, InboundEvent
from channels_ingest.reconciling import standing
from conversations.models import Channel

State = InboundEvent.State


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """One channel, its active connection, and what waits for somebody."""

    channel: Channel
    connection: Connection | None
    waiting_count: int
    quarantined_count: int
    dead_count: int
    is_answered: bool
    # Why its mailbox can't be read, where it has one.
    mailbox_problem: str = ""
    # Why its provider can't be asked for what went missing.
    list_problem: str = ""

    @property
    def provider(self) -> str:
        """The adapter's label, in words."""
        if self.connection is None:
            return ""
        adapter = ADAPTERS.get(self.connection.provider)
        return adapter.label if adapter else self.connection.provider

    @property
    def error(self) -> str:
        """What is wrong with the connection, in words; empty where nothing is."""
        if self.connection is None:
            return "Not connected to a provider."
        return " ".join(filter(None, (self.connection.error, self.mailbox_problem, self.list_problem)))

    @property
    def trouble_count(self) -> int:
        """Requests that somebody should look at."""
        return self.quarantined_count + self.dead_count


def of(channels: Iterable[Channel]) -> list[ChannelHealth]:
    """The health of each, in their order."""
    rows = list(channels)
    ids = [row.pk for row in rows]
    connections = {one.channel_id: one for one in Connection.objects.filter(channel__in=ids, is_active=True)}
    looked_at = [State.RECEIVED, State.QUARANTINED, State.DEAD]
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    found = InboundEvent.objects.filter(channel__in=ids, state__in=looked_at).values("channel_id", "state")
    for row in found.annotate(n=Count("pk")).order_by():
        counts[row["channel_id"]][row["state"]] = row["n"]
    answered = rollout.channels_answered()
    problems = accounts.problems([one.pk for one in connections.values()])
    unread = standing.problems([one.pk for one in connections.values()])
    return [
        ChannelHealth(
            channel=row,
            connection=connections.get(row.pk),
            waiting_count=counts[row.pk].get(State.RECEIVED, 0),
            quarantined_count=counts[row.pk].get(State.QUARANTINED, 0),
            dead_count=counts[row.pk].get(State.DEAD, 0),
            is_answered=row.pk in answered,
            list_problem=unread.get(connections[row.pk].pk, "") if row.pk in connections else "",
            mailbox_problem=problems.get(connections[row.pk].pk, "") if row.pk in connections else "",
        )
        for row in rows
    ]
