"""The door for webhooks beside its floor, in turns, in the same run."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx
import psycopg
from twilio.request_validator import RequestValidator

from bench.drill.doors import Post, text_message
from bench.drill.sayings import Person, Saying
from bench.drill.stack import RunningDemo
from bench.speed import floor
from bench.speed.clients import as_bytes, send_all
from bench.speed.samples import Samples, middle

CLIENTS, REQUESTS, ROUNDS = 16, 1500, 3
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Doors:
    """Accepting webhooks: ours alone, the floor, and ours while the workers do what came in."""

    ours: Samples
    floor: Samples
    with_workers: Samples


async def measure(demo: RunningDemo) -> Doors:
    """Rounds in turns, each with requests nobody has sent before; the middle round of each counts."""
    place = urlsplit(demo.place.base_url)
    ours, bare, working = [], [], []
    with _floor(demo) as (port, post):
        for _ in range(ROUNDS):
            with _held(demo):
                ours.append(await _round(str(place.hostname), place.port or 80, lambda: _text(demo)))
                bare.append(await _round("127.0.0.1", port, post))
            working.append(await _round(str(place.hostname), place.port or 80, lambda: _text(demo)))
    return Doors(middle(ours), middle(bare), middle(working))


async def _round(host: str, port: int, make: Callable[[], Post]) -> Samples:
    return await send_all(host, port, [as_bytes(make()) for _ in range(REQUESTS)], clients=CLIENTS)


def _text(demo: RunningDemo) -> Post:
    # One of a hundred people, as in a busy hour.
    person = Person("sms", f"+1212555{secrets.randbelow(100) + 100:04}")
    return text_message(demo.place, Saying(person, "Thanks!", secrets.token_hex(16)))


@contextmanager
def _held(demo: RunningDemo) -> Iterator[None]:
    """Workers stand still, so that the door alone is measured; what came in waits for them."""
    held = [demo.pid(name) for name in ("worker", "ai", "beat")]
    for pid in held:
        os.killpg(os.getpgid(pid), signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.killpg(os.getpgid(pid), signal.SIGCONT)


@contextmanager
def _floor(demo: RunningDemo) -> Iterator[tuple[int, Callable[[], Post]]]:
    """The bare view on the same database; its port, and what makes a request for it."""
    token, database_url = secrets.token_hex(16), demo.facts["database_url"]
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with psycopg.connect(database_url) as database:
        database.execute(f"CREATE TABLE IF NOT EXISTS {floor.TABLE} (id bigserial PRIMARY KEY, body text)")
    environment = {
        **os.environ,
        "FLOOR_DATABASE_URL": database_url,
        "FLOOR_PUBLIC_URL": url,
        "FLOOR_AUTH_TOKEN": token,
    }
    server = subprocess.Popen([sys.executable, "-m", "bench.speed.floor", str(port)], env=environment)

    def post() -> Post:
        sid = f"SM{secrets.token_hex(16)}"
        fields = {"MessageSid": sid, "AccountSid": "AC1", "From": "+12125550100", "To": "+12125550101", "Body": "Hi"}
        signature = RequestValidator(token).compute_signature(f"{url}/{floor.PATH}", fields)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return Post(f"{url}/{floor.PATH}", urlencode(fields).encode(), headers)

    try:
        _wait_for(url)
        yield port, post
    finally:
        server.terminate()
        server.wait(10)
        with psycopg.connect(database_url) as database:
            database.execute(f"DROP TABLE {floor.TABLE}")


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("The floor did not start")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
