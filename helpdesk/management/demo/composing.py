"""Stories put together from matters: who wrote about what, when, and how far it has come. The same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conversations import channel_kinds
from helpdesk.management.demo import letters, matters, people
from helpdesk.management.demo.matters import Filling, Matter
from helpdesk.management.demo.script import (
    Ago,
    Answered,
    Assigned,
    HandedOff,
    Notes,
    Person,
    Proves,
    Replies,
    Resolved,
    Says,
    Snoozed,
    Step,
    Story,
)

SEED = 20_260
RECENT_COUNT, EARLIER_COUNT = 58, 118
# Two days of work, most of it just now; and the eight weeks before.
RECENT_MINUTES, EARLIEST_DAY = 1060, 54
# So far apart no rule of threading takes one matter for the other.
APART_DAYS = 17
# Who answers for which team, the busiest first.
WORKS = {"Support": ("ada", "ada", "grace", "ben"), "Returns": ("clara", "ada", "clara"), "Deliveries": ("ben",)}
NAMES = {one.key: one.name for one in (people.ADMIN, *people.AGENTS)}
LANGUAGES = ("en",) * 13 + ("de",) * 3 + ("fr",) * 2 + ("es",) * 2


def compose(cast: Sequence[Person]) -> tuple[Story, ...]:
    """All composed stories. Those who also act in written ones are not among ``cast``."""
    dice = random.Random(SEED)  # noqa: S311 - a story, no secret
    casting = _Casting(cast, dice)
    return tuple(_Composer(dice, casting, number).story() for number in range(RECENT_COUNT + EARLIER_COUNT))


class _Casting:
    """Finds somebody for a matter who has been quiet long enough, and matters in turn."""

    def __init__(self, cast: Sequence[Person], dice: random.Random) -> None:
        self._cast = list(cast)
        self._dice = dice
        self._busy: dict[str, list[float]] = {}
        self._waiting: dict[str, list[Matter]] = {}

    def matter(self, language: str) -> Matter:
        """Each once before any comes again."""
        waiting = self._waiting.setdefault(language, [])
        if not waiting:
            waiting += [one for one in matters.read() if one.language == language]
            self._dice.shuffle(waiting)
        return waiting.pop()

    def person(self, language: str, kind: str, days_ago: float) -> Person | None:
        """A customer who can be reached there; None where all have just written."""
        able = [one for one in self._cast if one.language == language and _has(one, kind)]
        free = [one for one in able if all(abs(days_ago - day) > APART_DAYS for day in self._busy.get(one.key, []))]
        if not free:
            return None
        chosen = self._dice.choice(free)
        self._busy.setdefault(chosen.key, []).append(days_ago)
        return chosen


@dataclass(frozen=True, slots=True)
class _Roles:
    """Who speaks with whom, where."""

    customer: Person
    first_kind: str
    later_kind: str
    agent: str


class _Composer:
    """One story; ``number`` names it and says when it begins."""

    def __init__(self, dice: random.Random, casting: _Casting, number: int) -> None:
        self._dice = dice
        self._is_recent = number < RECENT_COUNT
        self._key = f"{'recent' if self._is_recent else 'earlier'}-{number:03}"
        share = (number if self._is_recent else number - RECENT_COUNT) / (
            RECENT_COUNT if self._is_recent else EARLIER_COUNT
        )
        self._minutes = 7 + RECENT_MINUTES * share**1.7
        self._days = 2 if self._is_recent else 3 + round((EARLIEST_DAY - 3) * share**1.3)
        language = dice.choice(LANGUAGES)
        self._matter = casting.matter(language)
        self._roles = self._cast(casting, self._matter)
        self._words: Filling = matters.filling(self._matter, self._roles.customer.name.partition(" ")[0], dice)
        self._subject = self._words.pick(self._matter.subject)

    def story(self) -> Story:
        """The whole of it; what lies in the future when it is told is left out then."""
        return Story(self._key, self._roles.customer, self._begins(), tuple(self._steps()), browser=self._key)

    def _begins(self) -> Ago:
        if self._is_recent:
            return Ago(worked_minutes=self._minutes)
        hour = self._dice.choices(range(7, 23), weights=(2, 4, 7, 9, 9, 8, 7, 7, 7, 7, 6, 5, 5, 4, 3, 2))[0]
        return Ago(days=self._days, at=f"{hour:02}:{self._dice.randrange(60):02}")

    def _cast(self, casting: _Casting, matter: Matter) -> _Roles:
        agent = self._dice.choice(WORKS[matter.team])
        kind = self._dice.choice(matter.on)
        person = None
        if not channel_kinds.of(kind).is_own or self._dice.random() < 0.4:
            person = casting.person(matter.language, kind, self._days if not self._is_recent else 0)
        if person is None:
            # Nobody knows who opens a chat window.
            return _Roles(Person(self._key, "", matter.language), "chat", "chat", agent)
        others = [other for other in ("sms", "email") if other != kind and _has(person, other)]
        later = self._dice.choice(others) if others and self._dice.random() < 0.4 else kind
        return _Roles(person, kind, later, agent)

    def _steps(self) -> Iterator[Step]:
        yield self._says(0, self._words.pick(self._matter.says), self._roles.first_kind, photo=self._matter.photo)
        if self._matter.article:
            yield Answered(0.2, self._matter.answer, (self._matter.article,), self._dice.choice(("answer", "offer")))
        if self._roles.first_kind == "chat" and self._roles.customer.name:
            yield Proves(2.5, "phone" if self._roles.later_kind == "sms" else "email")
        if self._matter.article and not (self._matter.replies and self._dice.random() < 0.75):
            yield from self._settled_by_itself()
            return
        if self._matter.article:
            yield self._says(self._dice.randint(2, 9), self._words.pick(self._matter.asks), self._roles.first_kind)
        yield from self._handled()

    def _settled_by_itself(self) -> Iterator[Step]:
        """An answer was enough."""
        if self._dice.random() < 0.4:
            thanks = {"en": "Great, thanks!", "de": "Vielen Dank!", "fr": "Merci beaucoup !", "es": "Muchas gracias!"}
            yield self._says(3, thanks[self._matter.language], self._roles.first_kind, is_bare=True)
        yield Resolved(self._dice.randint(150, 500), self._roles.agent)

    def _handled(self) -> Iterator[Step]:
        """A person has to see to it."""
        matter, agent = self._matter, self._roles.agent
        yield HandedOff(0.2, self._reason(), self._filled(matter.wish), matter.next_step, self._facts(), matter.mood)
        yield Assigned(self._dice.randint(12, 70), self._dice.choice((agent, "grace")), agent, matter.team)
        if matter.notes and self._dice.random() < 0.5:
            yield Notes(self._dice.randint(2, 15), agent, self._words.pick(matter.notes))
        yield self._replies(self._dice.randint(3, 30), self._words.pick(matter.replies), self._roles.first_kind)
        yield from self._ending()

    def _ending(self) -> Iterator[Step]:
        matter, agent = self._matter, self._roles.agent
        how = self._dice.random()
        if how < 0.1 and self._is_recent:
            yield Snoozed(self._dice.randint(1, 9), agent, days=self._dice.randint(3, 8))
            return
        if how < 0.24:
            # She never came back to it; after some days it is settled.
            if not self._is_recent:
                yield Resolved(60 * 24 * 4, agent)
            return
        yield self._says(self._dice.randint(8, 130), self._words.pick(matter.then), self._roles.later_kind)
        if matter.closes:
            yield self._replies(self._dice.randint(10, 120), self._words.pick(matter.closes), self._roles.later_kind)
        yield Resolved(self._dice.randint(1, 40), agent)

    def _says(self, after: float, text: str, kind: str, *, photo: str = "", is_bare: bool = False) -> Says:
        person = self._roles.customer
        if not is_bare:
            text = letters.from_customer(text, kind=kind, name=person.name, language=person.language, dice=self._dice)
        subject = ""
        if channel_kinds.of(kind).has_subject:
            is_answer = after > 0 and channel_kinds.of(self._roles.first_kind).has_subject
            subject = f"Re: {self._subject}" if is_answer else self._subject
        has_photo = photo and channel_kinds.of(kind).takes_attachments and kind != "chat"
        return Says(after, kind, text, subject, (photo,) if has_photo else ())

    def _replies(self, after: float, text: str, kind: str) -> Replies:
        """An answer; it goes where she wrote last."""
        person, agent = self._roles.customer, self._roles.agent
        framed = letters.from_us(text, kind=kind, name=person.name, language=person.language, by=NAMES[agent])
        return Replies(after, agent, framed)

    def _reason(self) -> str:
        if self._matter.article:
            return self._dice.choice(("asked_again", "wanted_person"))
        return "anger" if self._matter.mood != "calm" else "own_case"

    def _facts(self) -> tuple[tuple[str, str], ...]:
        """What of the filling a brief would list; only what was really said is kept when it is told."""
        names = {"order": "order_number", "amount": "amount", "street": "postal_address", "model": "reference"}
        return tuple((names[slot], value) for slot, value in self._words.slots.items() if slot in names)

    def _filled(self, text: str) -> str:
        return text.format(**self._words.slots)


def _has(person: Person, kind: str) -> bool:
    reaches = channel_kinds.of(kind).reaches
    return ("email" in reaches and bool(person.email)) or ("phone" in reaches and bool(person.phone)) or kind == "chat"
