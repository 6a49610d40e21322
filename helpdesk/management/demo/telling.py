"""Plays the demo's stories through the same actions that real messages take, each at its own moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from conversations.models import Message
from customers.actions import proving, resolving
from customers.actions.resolving import Address
from customers.assurance import Assurance
from customers.models import Identity
from helpdesk.events.log import SYSTEM
from helpdesk.management.demo import past
from helpdesk.management.demo.past import Clock
from helpdesk.management.demo.script import Ago, Person, Step, Story
from helpdesk.management.demo.staging import Stage, marker

SUNDAY = 6


def load(people: Sequence[Person], stories: Sequence[Story]) -> int:
    """Tell the stories that were not told yet; how many those were."""
    untold = [story for story in stories if not _was_told(story)]
    if not untold:
        return 0
    now = timezone.now()
    with past.in_the_past() as clock:
        clock.moment = now - timedelta(days=90)
        for person in people:
            _introduce(person)
        _tell(untold, now, clock)
    return len(untold)


@dataclass(frozen=True, slots=True)
class _Due:
    """A step and when it happens, so that all stories are told in the order of time."""

    moment: datetime
    stage: Stage
    step: Step


def _tell(stories: Sequence[Story], now: datetime, clock: Clock) -> None:
    sessions: dict[str, str] = {}
    due = [one for story in stories for one in _timed(story, now, Stage(story, sessions))]
    for one in sorted(due, key=lambda one: one.moment):
        clock.moment = one.moment
        one.stage.play(one.step)


def _timed(story: Story, now: datetime, stage: Stage) -> Iterator[_Due]:
    moment = beginning(story.begins, now)
    for step in story.steps:
        moment += timedelta(minutes=step.after)
        yield _Due(min(moment, now), stage, step)


def beginning(ago: Ago, now: datetime) -> datetime:
    """The moment a story begins; never on a Sunday, when nobody works."""
    if not ago.days:
        return now - timedelta(minutes=ago.minutes)
    day = (now - timedelta(days=ago.days)).date()
    if day.weekday() == SUNDAY:
        day -= timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(ago.at), UTC)


def _was_told(story: Story) -> bool:
    first = marker(story, 0)
    return Message.objects.filter(Q(client_id=first) | Q(provider_message_id=first)).exists()


def _introduce(person: Person) -> None:
    """What the shop's own system knew of a customer before she ever wrote."""
    addresses = [(Identity.Kind.EMAIL, person.email), (Identity.Kind.PHONE, person.phone)]
    known = [(kind, address) for kind, address in addresses if address]
    kind, address = known[0]
    identity = resolving.resolve(
        Address(kind, address, address, Assurance.VOUCHED, name=person.name, language=person.language)
    )
    for kind, address in known[1:]:
        proving.vouch(identity.customer, kind, address, as_seen=address, by=SYSTEM)
