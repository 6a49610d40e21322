"""Readers of the log that act on it. Each keeps its place in the log and moves it with its work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from helpdesk.events.models import Event, Follower

logger = logging.getLogger(__name__)

Handler = Callable[[Event], None]
BATCH = 200
# An event that makes its handler fail this often is left behind, or one bad row would stop all after it.
GIVE_UP_AFTER = 8


@dataclass(frozen=True, slots=True)
class Registration:
    """One reader: which types it wants, and what to do with each."""

    name: str
    types: frozenset[str]
    handler: Handler


_registry: dict[str, Registration] = {}


def follow(name: str, types: Iterable[str], handler: Handler) -> None:
    """Register a reader, in ``AppConfig.ready()``. Handlers only write rows and enqueue: no network, no model."""
    _registry[name] = Registration(name, frozenset(types), handler)


def names() -> list[str]:
    """Every registered reader."""
    return sorted(_registry)


def wanting(types: Iterable[str]) -> list[str]:
    """The readers that want any of these types; the sweeper takes the others past what does not concern them."""
    wanted = set(types)
    return [name for name in names() if not _registry[name].types.isdisjoint(wanted)]


def run_follower(name: str) -> int:
    """Let one reader handle what lies after its place. Returns how many events it passed.

    A reader that is already running elsewhere is left alone; it, or the sweeper, comes to the rest.
    """
    registration = _registry[name]
    Follower.objects.get_or_create(name=name)
    passed = 0
    while True:
        try:
            moved = _run_batch(registration)
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way; it is noted and tried again
            _note_failure(registration, error)
            return passed
        passed += moved
        if moved < BATCH:
            return passed


def _run_batch(registration: Registration) -> int:
    with transaction.atomic():
        place = Follower.objects.select_for_update(skip_locked=True).filter(name=registration.name).first()
        if place is None:
            return 0
        events = list(Event.objects.filter(seq__gt=place.position).order_by("seq")[:BATCH])
        for event in events:
            if event.type in registration.types:
                registration.handler(event)
        if events:
            place.position = events[-1].seq or place.position
            place.failure_count, place.error, place.moved_at = 0, "", timezone.now()
            place.save()
    return len(events)


def _note_failure(registration: Registration, error: Exception) -> None:
    """Try again later, one event at a time; step over the one that keeps failing."""
    logger.exception("Follower %s failed", registration.name)
    with transaction.atomic():
        place = Follower.objects.select_for_update().get(name=registration.name)
        place.failure_count += 1
        place.error = f"{type(error).__name__}: {error}"[:2000]
        place.save()
    if place.failure_count >= GIVE_UP_AFTER:
        _step_over(registration)


def _step_over(registration: Registration) -> None:
    """Handle one event after the other, up to the one that fails, and leave that one behind."""
    event: Event | None = None
    while True:
        try:
            with transaction.atomic():
                place = Follower.objects.select_for_update().get(name=registration.name)
                event = Event.objects.filter(seq__gt=place.position).order_by("seq").first()
                if event is None:
                    return
                if event.type in registration.types:
                    registration.handler(event)
                Follower.objects.filter(pk=place.pk).update(position=event.seq)
        except Exception:
            logger.exception("Follower %s leaves event %s behind", registration.name, event)
            if event is not None:
                # Never back: another run may have got past it meanwhile.
                behind = Follower.objects.filter(name=registration.name, position__lt=event.seq)
                behind.update(position=event.seq, failure_count=0)
            return
