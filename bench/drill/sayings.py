"""Who writes what: a fixed plan, so that afterwards every single message can be looked for."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from typing import Literal

Kind = Literal["sms", "email", "chat", "whatsapp", "whatsapp_cloud", "phone"]
# How many of every ten people use which door.
MIX: tuple[Kind, ...] = (
    "sms", "whatsapp", "email", "chat", "whatsapp_cloud", "phone", "sms", "email", "chat", "sms",
)  # fmt: skip
# One number is one person, whatever is done with it: each kind of number has a block of its own.
BLOCKS = {"sms": "55501", "whatsapp": "55511", "whatsapp_cloud": "55521", "phone": "55531"}


@dataclass(frozen=True, slots=True)
class Person:
    """A customer at one door. ``address`` is a number or a mail address, or any name for a chat window."""

    kind: Kind
    address: str


@dataclass(frozen=True, slots=True)
class Saying:
    """One message. ``reference`` is what the sender's side knows it by: a SID, a Message-ID, a client id."""

    person: Person
    text: str
    reference: str


def people(count: int, mark: str) -> list[Person]:
    """People nobody has met before. ``mark`` keeps two runs on one stack apart."""
    order = random.Random(mark)  # noqa: S311 - numbers of a story
    area = order.randrange(210, 980)
    found = []
    for number in range(count):
        kind = MIX[number % len(MIX)]
        addresses = {
            **{name: f"+1{area}{block}{number:02}" for name, block in BLOCKS.items()},
            "email": f"drill.{mark}.{number}@example.com",
            "chat": f"window-{number}",
        }
        found.append(Person(kind, addresses[kind]))
    return found


def sayings(everybody: list[Person], count: int, mark: str) -> list[Saying]:
    """``count`` messages, each with words of its own, spread evenly over the people."""
    return [
        Saying(
            person=everybody[number % len(everybody)],
            text=f"Question {mark}/{number:05}: is the green tent sold in size {number % 7 + 1}?",
            reference=secrets.token_hex(16),
        )
        for number in range(count)
    ]


def twice_and_shuffled(said: list[Saying], mark: str) -> list[Saying]:
    """Every message two times, in an order that has nothing to do with theirs."""
    order = random.Random(mark)  # noqa: S311 - see above
    jobs = [*said, *said]
    order.shuffle(jobs)
    return jobs
