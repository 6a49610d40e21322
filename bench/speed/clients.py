"""Clients that cost little themselves: requests are bytes made beforehand, connections stay open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from bench.drill.doors import Post
from bench.speed.samples import Samples


class Refused(RuntimeError):
    """An answer that no figure may be made of."""


def as_bytes(post: Post) -> bytes:
    """The whole request as it goes over the wire."""
    parts = urlsplit(post.url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(post.body)}"]
    lines += [f"{name}: {value}" for name, value in post.headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + post.body


async def send_all(host: str, port: int, requests: Sequence[bytes], *, clients: int) -> Samples:
    """Send every request once, ``clients`` at a time. Raises Refused where one isn't answered 2xx."""
    waiting = iter(requests)
    durations: list[float] = []

    async def work() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            for request in waiting:
                started_at = time.perf_counter()
                writer.write(request)
                await _answer(reader)
                durations.append(time.perf_counter() - started_at)
        finally:
            writer.close()

    started_at = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(clients)))
    return Samples(tuple(durations), time.perf_counter() - started_at)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    status = head.split(b" ", 2)[1]
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    body = await reader.readexactly(length)
    if not status.startswith(b"2"):
        raise Refused(f"{status.decode()}: {body[:300]!r}")
