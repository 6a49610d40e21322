"""A past for the demo: what happens inside is dated back, and none of those who follow the log act on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.db.models.signals import pre_save
from django.utils import timezone

from helpdesk.events import followers, log, wake
from helpdesk.events.models import Event, Follower

# Columns whose default is the moment of writing.
STAMPS = ("created_at", "updated_at", "first_seen_at", "last_seen_at", "started_at", "heard_at")

NUMBER_OWN = """
WITH p AS (SELECT id, row_number() OVER (ORDER BY id) n FROM events_event WHERE id = ANY(%s)),
     k AS (UPDATE events_eventclock SET last = last + (SELECT count(*) FROM p) RETURNING last)
UPDATE events_event e SET seq = k.last - (SELECT count(*) FROM p) + p.n FROM p, k WHERE e.id = p.id
"""


class Clock:
    """The moment at which the story stands."""

    def __init__(self) -> None:
        self.moment = timezone.now()

    def now(self) -> datetime:
        """Instead of the real time."""
        return self.moment


@contextmanager
def in_the_past() -> Iterator[Clock]:
    """One transaction whose actions take place when the yielded clock says.

    The actions themselves know no other time than now, and should not: so for this one command the
    clock they read is set back. Its events are numbered here and every follower is moved past them:
    a history must neither be sent nor answered.
    """
    clock = Clock()
    events: list[Event] = []

    def stamp(sender: Any, instance: Any, **_: Any) -> None:
        if instance._state.adding:
            for name in STAMPS:
                if any(field.attname == name for field in instance._meta.concrete_fields):
                    setattr(instance, name, clock.moment)
        if isinstance(instance, Event):
            events.append(instance)

    with transaction.atomic():
        _hold_the_log()
        _let_followers_catch_up()
        pre_save.connect(stamp, weak=False, dispatch_uid="demo.stamp")
        try:
            with patch.object(timezone, "now", clock.now):
                yield clock
        finally:
            pre_save.disconnect(dispatch_uid="demo.stamp")
        _step_over([event.pk for event in events])


def _hold_the_log() -> None:
    """Nobody else numbers events until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [log.NUMBERING_LOCK])


def _let_followers_catch_up() -> None:
    """Whatever lies before is handled first; the rows stay locked, so that nobody runs ahead."""
    for name in followers.names():
        Follower.objects.get_or_create(name=name)
        Follower.objects.select_for_update().get(name=name)
        followers.run_follower(name)


def _step_over(events: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NUMBER_OWN, [events])
    last = log.last_seq()
    Follower.objects.filter(name__in=followers.names()).update(position=last)
    transaction.on_commit(lambda: wake.readers(last, []), robust=True)
