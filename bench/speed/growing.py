"""Whether a mail is threaded as fast where a million messages are stored as where there are a thousand."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from bench.drill.doors import mail
from bench.drill.sayings import Person, Saying
from bench.drill.settling import settled
from bench.drill.stack import RunningDemo
from bench.speed import stored
from bench.speed.threading_mail import Mails, thread

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MAILS = 300
SETTLE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Growth:
    """The mails of each size, by how many messages were stored before."""

    by_size: dict[int, Mails]


async def measure(demo: RunningDemo) -> Growth:
    """The same mix of mails each time: from new people, answers to our mails, and new mails of known people."""
    found, filled = {}, 0
    for size in SIZES:
        people = size // stored.MESSAGES_EACH
        url, channel = demo.facts["database_url"], demo.place.mail_channel
        await asyncio.to_thread(stored.fill, url, channel, first=filled + 1, last=people)
        filled = people
        found[size] = await _round(demo, people)
        await settled(demo, SETTLE_SECONDS)
    return Growth(found)


async def _round(demo: RunningDemo, people: int) -> Mails:
    mark = secrets.token_hex(3)
    posts = []
    for number in range(MAILS):
        # Spread over all that is stored, so that the pages of a round are not the ones just written.
        known = 1 + number * max(people // MAILS, 1) % people
        address = f"new.{mark}.{number}@example.com" if number % 3 == 0 else stored.ADDRESS.format(number=known)
        answers = stored.OURS.format(number=known) if number % 3 == 1 else ""
        saying = Saying(Person("email", address), f"Mail {mark}/{number}: is it in stock?", secrets.token_hex(16))
        posts.append(mail(demo.place, saying, answers=answers))
    return await thread(demo, posts, mark)
