"""Raw mail by the webhook until each is a message in a conversation."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.drill.doors import mail
from bench.drill.sayings import Person, Saying
from bench.drill.stack import RunningDemo
from bench.speed.clients import as_bytes, send_all

MAILS, PEOPLE, CLIENTS = 400, 100, 8
PATIENCE_SECONDS = 300.0
LEFT = "SELECT count(*) AS n FROM channels_ingest_inboundevent WHERE state = 'received'"
THREADED = "SELECT count(*) AS n FROM conversations_message WHERE text LIKE %s"


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
    mark, place = secrets.token_hex(3), urlsplit(demo.place.base_url)
    people = [Person("email", f"bench.{mark}.{number}@example.com") for number in range(PEOPLE)]
    said = [
        Saying(people[number % PEOPLE], f"Mail {mark}/{number}: is the green tent in stock?", secrets.token_hex(16))
        for number in range(MAILS)
    ]
    requests = [as_bytes(mail(demo.place, saying)) for saying in said]
    started_at = time.perf_counter()
    await send_all(str(place.hostname), place.port or 80, requests, clients=CLIENTS)
    while demo.query(THREADED, f"%Mail {mark}/%")[0]["n"] < MAILS:
        if time.perf_counter() - started_at > PATIENCE_SECONDS:
            raise TimeoutError(f"{demo.query(LEFT)[0]['n']} mails are still waiting")
        await asyncio.sleep(0.1)
    return Mails(MAILS, time.perf_counter() - started_at)
