"""Telling readers that the log has grown. Only ever a hint: sweepers find what a lost hint missed."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk import realtime


def readers(seq: int, subjects: Iterable[str], types: Iterable[str] | None = None) -> None:
    """Wake the sockets, and the followers of these types (None: all). Failing to wake is not an error."""
    if not realtime.announce(seq, subjects):
        return  # the broker is the same Redis: asking it too would only take as long again
    from helpdesk.events import tasks  # the tasks run what this module wakes

    tasks.wake_followers(types)
