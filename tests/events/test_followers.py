"""Followers handle each event once, whatever happens around them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction

from helpdesk.events import followers, log
from helpdesk.events.models import Event, Follower
from tests.races import at_once
from tests.transactional import commits

pytestmark = commits
NAME = "test follower"


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[int]]:
    """A follower of "test.*" alone, and how often it handled which event."""
    monkeypatch.setattr(followers, "_registry", {})
    count: Counter[int] = Counter()
    lock = threading.Lock()

    def handle(event: Event) -> None:
        with lock:
            count[event.pk] += 1

    followers.follow(NAME, ["test.wanted"], handle)
    yield count


def write(number: int, type: str = "test.wanted") -> list[Event]:
    with transaction.atomic():
        return [log.record(type, "test:1", by=log.SYSTEM) for _ in range(number)]


def test_a_follower_handles_what_it_asked_for_and_passes_the_rest(handled: Counter[int]) -> None:
    wanted = write(2)
    write(3, "test.other")
    assert followers.run_follower(NAME) == 5
    assert handled == Counter(one.pk for one in wanted)
    assert Follower.objects.get(name=NAME).position == 5
    assert followers.run_follower(NAME) == 0


def test_two_runs_at_once_handle_each_event_exactly_once(handled: Counter[int]) -> None:
    written = write(450)
    at_once([lambda: followers.run_follower(NAME)] * 4)
    followers.run_follower(NAME)
    assert handled == Counter(one.pk for one in written)


def test_a_handler_that_fails_for_a_while_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "_registry", {})
    done: list[int] = []
    fails = [3]

    def handle(event: Event) -> None:
        if fails[0]:
            fails[0] -= 1
            raise RuntimeError("not now")
        done.append(event.pk)

    followers.follow(NAME, ["test.wanted"], handle)
    written = write(3)
    for _ in range(4):
        followers.run_follower(NAME)
    assert done == [one.pk for one in written]
    place = Follower.objects.get(name=NAME)
    assert (place.failure_count, place.error) == (0, "")


def test_only_the_one_event_that_always_fails_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "_registry", {})
    written = write(5)
    poison = written[2].pk

    def handle(event: Event) -> None:
        if event.pk == poison:
            raise ValueError("cannot be handled")
        Event.objects.filter(pk=event.pk).update(actor_name="handled")

    followers.follow(NAME, ["test.wanted"], handle)
    for _ in range(followers.GIVE_UP_AFTER - 1):
        followers.run_follower(NAME)
    place = Follower.objects.get(name=NAME)
    assert place.position == 0 and "cannot be handled" in place.error
    followers.run_follower(NAME)
    followers.run_follower(NAME)

    left = Event.objects.exclude(actor_name="handled").values_list("pk", flat=True)
    assert list(left) == [poison]
    assert Follower.objects.get(name=NAME).position == 5
