"""Jobs of the event log."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import shared_task

from helpdesk.events import followers, log

logger = logging.getLogger(__name__)


@shared_task(name="events.follow")
def follow(name: str) -> None:
    """Let one follower catch up."""
    followers.run_follower(name)


@shared_task(name="events.sweep")
def sweep() -> None:
    """Number what a lost wake-up left unnumbered, and wake every follower."""
    log.publish()
    for name in followers.names():
        followers.run_follower(name)


def wake_followers(types: Iterable[str] | None = None) -> None:
    """Enqueue the followers that want these types; a broker that is away is covered by the sweeper."""
    for name in followers.names() if types is None else followers.wanting(types):
        try:
            follow.apply_async((name,), expires=30)
        except Exception as error:  # noqa: BLE001 - see above
            logger.warning("Follower %s not woken: %s", name, error)
            return
