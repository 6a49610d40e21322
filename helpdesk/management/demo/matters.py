"""What customers write about, read from the TOML files beside this module: the blocks that stories are composed of."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent / "matters"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that people write about, with several ways to say each part of it.

    ``answer`` quotes ``article``; ``wish`` and ``next_step`` are the brief where a person has to see to
    it, ``asks`` what the customer says after an answer that did not settle it.
    """

    key: str
    language: str
    on: tuple[str, ...]
    says: tuple[str, ...]
    subject: tuple[str, ...] = ("",)
    team: str = "Support"
    article: str = ""
    answer: str = ""
    asks: tuple[str, ...] = ()
    wish: str = ""
    next_step: str = ""
    mood: str = "calm"
    photo: str = ""
    notes: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes"),
}


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in the gaps of one story, and the dice that chose it."""

    dice: random.Random
    slots: Mapping[str, str]

    def pick(self, texts: tuple[str, ...]) -> str:
        """One of these ways to say it, its gaps filled."""
        return self.dice.choice(texts).format(**self.slots)


def filling(matter: Matter, first_name: str, dice: random.Random) -> Filling:
    """An order, an amount, a weekday, and what the matter lists itself."""
    slots = {
        "first": first_name or "A visitor",
        "order": f"FH-{dice.randint(20100, 33990)}",
        "amount": f"£{dice.randint(18, 260)}.{dice.choice(('00', '50', '90'))}",
        "day": dice.choice(WEEKDAYS[matter.language]),
    }
    return Filling(dice, slots | {name: dice.choice(values) for name, values in matter.slots.items()})


@cache
def read() -> tuple[Matter, ...]:
    """Every matter of every language."""
    return tuple(
        _matter(raw, path.stem)
        for path in sorted(DIRECTORY.glob("*.toml"))
        for raw in tomllib.loads(path.read_text(encoding="utf-8"))["matter"]
    )


def _matter(raw: dict[str, Any], language: str) -> Matter:
    tuples: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    slots = {name: tuple(values) for name, values in raw.get("slots", {}).items()}
    return Matter(**{**tuples, "language": language, "slots": slots})
