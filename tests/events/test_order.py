"""Numbers follow commits: nobody who reads by number ever misses an event."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from helpdesk.events import log
from helpdesk.events.models import Event
from tests.races import at_once
from tests.transactional import commits

pytestmark = commits


class Reader:
    """Reads what lies after its place, as sockets and followers do."""

    def __init__(self) -> None:
        self.place = 0
        self.seen: list[int] = []

    def read(self) -> None:
        for event in Event.objects.filter(seq__gt=self.place).order_by("seq"):
            assert event.seq is not None
            self.place = event.seq
            self.seen.append(event.pk)


def test_an_event_that_commits_late_is_not_skipped() -> None:
    reader = Reader()
    inserted, go_on = threading.Event(), threading.Event()
    ids: dict[str, int] = {}

    def slow() -> None:
        try:
            with transaction.atomic():
                ids["slow"] = log.record("test.slow", "test:1", by=log.SYSTEM).pk
                inserted.set()
                assert go_on.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert inserted.wait(20)
    with transaction.atomic():
        ids["quick"] = log.record("test.quick", "test:2", by=log.SYSTEM).pk
    reader.read()
    assert reader.seen == [ids["quick"]]
    go_on.set()
    thread.join()
    reader.read()

    assert ids["slow"] < ids["quick"], "the lower id committed later: the case at hand"
    assert reader.seen == [ids["quick"], ids["slow"]]
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]


def test_numbers_are_gapless_and_unique_under_eight_writers() -> None:
    reader = Reader()
    is_done = threading.Event()

    def write() -> int:
        for number in range(50):
            with transaction.atomic():
                log.record("test.written", f"test:{number}", by=log.SYSTEM)
        return 50

    def read() -> None:
        while not is_done.is_set():
            reader.read()
        connections.close_all()

    watcher = threading.Thread(target=read)
    watcher.start()
    try:
        at_once([write] * 8)
    finally:
        is_done.set()
        watcher.join()
    reader.read()

    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 401))
    assert len(reader.seen) == len(set(reader.seen)) == 400
    assert log.last_seq() == 400


def test_an_event_of_a_transaction_that_failed_takes_no_number() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        log.record("test.undone", "test:1", by=log.SYSTEM)
        raise RuntimeError
    with transaction.atomic():
        log.record("test.done", "test:2", by=log.SYSTEM)
    assert list(Event.objects.values_list("type", "seq")) == [("test.done", 1)]


def test_a_savepoint_that_failed_does_not_take_the_wake_up_along() -> None:
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            log.record("test.undone", "test:1", by=log.SYSTEM)
            raise RuntimeError
        log.record("test.done", "test:2", by=log.SYSTEM)
    assert Event.objects.get().seq == 1


def test_what_a_lost_wake_up_left_behind_is_numbered_by_the_sweeper() -> None:
    from helpdesk.events import tasks

    Event.objects.create(type="test.left", subject="test:1")
    tasks.sweep()
    assert Event.objects.get().seq == 1


def test_the_log_goes_on_after_its_clock_was_lost() -> None:
    from helpdesk.events.models import EventClock

    for _ in range(2):
        with transaction.atomic():
            log.record("test.before", "test:1", by=log.SYSTEM)
    EventClock.objects.all().delete()
    with transaction.atomic():
        log.record("test.after", "test:1", by=log.SYSTEM)
    assert list(Event.objects.order_by("pk").values_list("seq", flat=True)) == [1, 2, 3]
