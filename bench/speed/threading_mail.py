"""Raw mail by the webhook until each is a message in a conversation."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.drill.doors import Post, mail
from bench.drill.sayings import Person, Saying
from bench.drill.stack import RunningDemo
from bench.speed.clients import as_bytes, send_all
from bench.speed.stored import BASE

MAILS, PEOPLE, CLIENTS = 400, 100, 8
PATIENCE_SECONDS = 300.0
LEFT = "SELECT count(*) AS n FROM channels_ingest_inboundevent WHERE state = 'received'"
NEWEST = "SELECT COALESCE(max(id), 0) AS n FROM conversations_message WHERE id < %s"
THREADED = "SELECT count(*) AS n FROM conversations_message WHERE id > %s AND id < %s AND text LIKE %s"


@dataclass(frozen=True, slots=True)
class Mails:
    """How many mails, and the seconds from the first byte until the last was threaded."""

    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Mails a second."""
        return self.count / self.seconds


async def measure(demo: RunningDemo) -> Mails:
    """Four mails each of a hundred people, as fast as they are taken, the tier-1 reading along."""
    mark = secrets.token_hex(3)
    people = [Person("email", f"bench.{mark}.{number}@example.com") for number in range(PEOPLE)]
    said = [
        Saying(people[number % PEOPLE], f"Mail {mark}/{number}: is the green tent in stock?", secrets.token_hex(16))
        for number in range(MAILS)
    ]
    return await thread(demo, [mail(demo.place, saying) for saying in said], mark)


async def thread(demo: RunningDemo, posts: Sequence[Post], mark: str) -> Mails:
    """Post mails and wait until each is a message. Their texts begin with "Mail" and the mark."""
    place = urlsplit(demo.place.base_url)
    newest = demo.query(NEWEST, BASE)[0]["n"]
    requests = [as_bytes(post) for post in posts]
    started_at = time.perf_counter()
    await send_all(str(place.hostname), place.port or 80, requests, clients=CLIENTS)
    while demo.query(THREADED, newest, BASE, f"Mail {mark}/%")[0]["n"] < len(posts):
        if time.perf_counter() - started_at > PATIENCE_SECONDS:
            raise TimeoutError(f"{demo.query(LEFT)[0]['n']} mails are still waiting")
        await asyncio.sleep(0.1)
    return Mails(len(posts), time.perf_counter() - started_at)
