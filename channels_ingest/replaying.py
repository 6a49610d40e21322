"""Replaying stored requests, by an admin: what they already made is found, not doubled."""

from __future__ import annotations

from collections.abc import Iterable

from channels_ingest import ledger, tasks
from channels_ingest.models import InboundEvent
from helpdesk.accounts import audit
from helpdesk.accounts.models import User


def replay(event: InboundEvent, *, by: User) -> bool:
    """Process a request again. False for one that does not prove where it came from: it stays where it is."""
    before = event.state
    if not ledger.reopen(event):
        return False
    audit.note("inbound_event.replayed", f"inbound_event:{event.pk}", actor=by, facts={"from": before})
    tasks.process_soon(event)
    return True


def replay_each(events: Iterable[InboundEvent], *, by: User) -> tuple[int, int]:
    """Many at once: how many are under way, and how many stay."""
    answers = [replay(event, by=by) for event in events]
    return sum(answers), len(answers) - sum(answers)
