"""Plays the demo's stories through the same actions that real messages take, each at its own moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
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
from helpdesk.management.demo.script import (
    Ago,
    Answered,
    AsksBack,
    Assigned,
    HandedOff,
    HangsUp,
    Leaves,
    Notes,
    Person,
    Reads,
    Replies,
    Resolved,
    Says,
    Snoozed,
    Spam,
    Step,
    Story,
)
from helpdesk.management.demo.staging import MARK, House, Stage, marker
from helpdesk.management.demo.workday import Workday

SUNDAY = 6
# What is told ends this long before now.
NEWEST = timedelta(minutes=6)
BY_COLLEAGUES = (Replies, Notes, Assigned, Resolved, Snoozed, Reads, Spam)
# What follows at once: where the question was heard, so is that, and nobody stays on the line.
BY_ITSELF = (Answered, HandedOff, Leaves, AsksBack, HangsUp)
# What is written where the shop has no such channel.
INSTEAD = {"whatsapp": "sms"}


def load(people: Sequence[Person], stories: Sequence[Story], kinds: Collection[str]) -> int:
    """Tell the stories that were not told yet; how many those were.

    ``kinds`` are the channels that the shop has: a text takes the place of a WhatsApp message where
    there is none, and a story with a call waits until the shop has a phone.
    """
    told = _told()
    untold = [told_on(story, kinds) for story in stories if marker(story, 0) not in told]
    untold = [story for story in untold if story.channels <= set(kinds)]
    if not untold:
        return 0
    now = timezone.now()
    with past.in_the_past() as clock:
        clock.moment = now - timedelta(days=90)
        for person in () if told else people:
            _introduce(person)
        _tell(untold, now, clock)
    return len(untold)


def told_on(story: Story, kinds: Collection[str]) -> Story:
    """The story on the channels there are."""
    steps = tuple(
        replace(step, channel=INSTEAD[step.channel])
        if isinstance(step, Says | Replies) and step.channel in INSTEAD and step.channel not in kinds
        else step
        for step in story.steps
    )
    return replace(story, steps=steps)


@dataclass(frozen=True, slots=True)
class _Due:
    """A step and when it happens, so that all stories are told in the order of time."""

    moment: datetime
    stage: Stage
    step: Step


def _tell(stories: Sequence[Story], now: datetime, clock: Clock) -> None:
    house = House.furnished()
    due = [one for story in stories for one in _timed(story, now, Stage(story, house))]
    for one in sorted(due, key=lambda one: one.moment):
        clock.moment = one.moment
        one.stage.play(one.step)


def _timed(story: Story, now: datetime, stage: Stage) -> Iterator[_Due]:
    """Each step at its moment; colleagues act in their hours, and nothing happens that would be yet to come."""
    workday = Workday(now)
    moment = beginning(story.begins, now)
    for step in story.steps:
        moment += timedelta(minutes=step.after)
        if isinstance(step, BY_COLLEAGUES) and not story.begins.minutes:
            moment = workday.next_worked(moment)
        if moment > now - NEWEST and not isinstance(step, BY_ITSELF):
            return
        yield _Due(moment, stage, step)


def beginning(ago: Ago, now: datetime) -> datetime:
    """The moment a story begins; never on a Sunday, when nobody works."""
    if ago.worked_minutes:
        return Workday(now).back(ago.worked_minutes)
    if not ago.days:
        return now - timedelta(minutes=ago.minutes)
    day = (now - timedelta(days=ago.days)).date()
    if day.weekday() == SUNDAY:
        day -= timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(ago.at), UTC)


def _told() -> set[str]:
    """The marks of all messages that stories brought before."""
    marks = Message.objects.filter(Q(client_id__startswith=MARK) | Q(provider_message_id__startswith=MARK))
    return {one for pair in marks.values_list("client_id", "provider_message_id") for one in pair}


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
