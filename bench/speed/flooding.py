"""A text's way to an agent's inbox while a flood of mails waits to be worked off."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.drill.doors import mail
from bench.drill.sayings import Person, Saying
from bench.drill.stack import RunningDemo
from bench.speed import arriving
from bench.speed.clients import as_bytes, send_all
from bench.speed.samples import Samples

MAILS, SENDERS, CLIENTS = 2_000, 200, 8
WAITING = "SELECT count(*) AS n FROM channels_ingest_inboundevent WHERE state = 'received'"


@dataclass(frozen=True, slots=True)
class Flood:
    """Texts that came in while mails waited: how many waited when the last text was shown."""

    to_agent: Samples
    waiting: int


async def measure(demo: RunningDemo) -> Flood:
    """Post the mails, then text."""
    mark, place = secrets.token_hex(3), urlsplit(demo.place.base_url)
    said = (
        Saying(
            Person("email", f"flood.{mark}.{number % SENDERS}@example.com"), f"Flood {number}", secrets.token_hex(16)
        )
        for number in range(MAILS)
    )
    requests = [as_bytes(mail(demo.place, saying)) for saying in said]
    await send_all(str(place.hostname), place.port or 80, requests, clients=CLIENTS)
    to_agent = await asyncio.to_thread(arriving.to_agent, demo.place)
    return Flood(to_agent, int(demo.query(WAITING)[0]["n"]))
