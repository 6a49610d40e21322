"""Waking a worker at the second at which a message leaves. The row knows it; a wake-up that is lost costs three."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from conversations.actions import claiming
from conversations.actions.claiming import Waiting
from helpdesk import lanes

if TYPE_CHECKING:
    from helpdesk.events.models import Event

# A worker holds what it is told ahead of time: no more than the sweeper needs to find it twice.
AHEAD = timedelta(seconds=8)
# The longest that anybody can take back what they send, with some room.
SOON = timedelta(seconds=40)


def on_held(event: Event) -> None:
    """A follower of the log: what leaves within seconds is told to a worker now, the rest by the sweeper."""
    for waiting in claiming.waiting_of(event.facts["message"]):
        if waiting.at <= timezone.now() + SOON:
            _wake(waiting)


def wake_soon() -> None:
    """The sweeper's part: what leaves before it has looked twice more."""
    for waiting in claiming.leaving_soon(AHEAD):
        _wake(waiting)


def _wake(waiting: Waiting) -> None:
    from channels_ingest import tasks  # the task calls back into this package

    def wake() -> None:
        # A moment late rather than early: early, it would find that nothing is due.
        left = (waiting.at - timezone.now()).total_seconds()
        queue = lanes.lane("out", waiting.channel_id)
        tasks.enqueue(tasks.deliver, waiting.delivery_id, queue=queue, after=max(0.0, left + 0.005))

    transaction.on_commit(wake, robust=True)
