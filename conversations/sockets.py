"""What agents' and visitors' sockets share: who may open one, database work off the event loop, and lasting.

A socket outlives the stores: what could not be read while PostgreSQL or Redis was away is read a little later.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import redis
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

LARGEST_FRAME = 64 * 1024
# What a store raises that is away, and a socket whose other end is gone.
AWAY = (OperationalError, InterfaceError, redis.RedisError, OSError)
RETRY_SECONDS = 1.0
TRY_AGAIN_LATER = 1013


class LastingConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Looks for news at every hint, every ``heartbeat_seconds`` without one, and soon after a look that failed."""

    heartbeat_seconds: float

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket. However it ends, nothing goes on looking."""
        self.heartbeat: asyncio.Task[None] | None = None
        self.is_behind = asyncio.Event()
        self.is_accepted = False
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.stop_looking()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """A store that is away ends no socket that is open; one that can't be set up is told to come again."""
        try:
            await super().dispatch(message)
        except AWAY as error:
            if message["type"] == "websocket.disconnect":
                raise StopConsumer from error
            if message["type"] != "websocket.connect":
                self.look_again(error)
            elif self.is_accepted:
                logger.warning("A socket could not be set up: %s", error)
                await self.close(code=TRY_AGAIN_LATER)
            else:
                raise

    async def accept(self, *args: Any, **kwargs: Any) -> None:
        """Note that the handshake is over: from here on there is a socket to close."""
        self.is_accepted = True
        await super().accept(*args, **kwargs)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """No frame ends a socket: one that can't be read, a binary one too, arrives as None."""
        await self.receive_json(await self.decode_json(text_data) if text_data else None)

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """None where the text is not JSON, or nested past all reason."""
        try:
            return await super().decode_json(text_data)
        except (ValueError, RecursionError):
            return None

    async def look(self) -> None:
        """Find what is new and send it. The heartbeat calls it; so does whoever has a hint."""
        raise NotImplementedError

    def start_looking(self) -> None:
        """Begin the heartbeat, once."""
        if self.heartbeat is None:
            self.heartbeat = asyncio.create_task(self._beat())

    def stop_looking(self) -> None:
        """End the heartbeat."""
        if self.heartbeat:
            self.heartbeat.cancel()

    def look_again(self, error: Exception) -> None:
        """Something could not be read or sent now."""
        logger.warning("A socket has to look again: %s", error)
        self.is_behind.set()

    async def _beat(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.heartbeat_seconds):
                    await self.is_behind.wait()
                await asyncio.sleep(RETRY_SECONDS)
            self.is_behind.clear()
            try:
                await self.look()
            except AWAY as error:
                self.look_again(error)
            except Exception:
                logger.exception("A socket's heartbeat")


class SaysWhenAway:
    """ASGI: a handshake that meets no database or no Redis is answered 503, like every other request then."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on; answer only where nothing was answered yet."""
        is_answered = False

        async def sending(message: Any) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self.inner(scope, receive, sending)
        except AWAY as error:
            if is_answered:
                raise
            logger.warning("A handshake met no store: %s", error)
            await _answer(send, 503, (b"retry-after", b"2"))


async def not_found(scope: Any, receive: Any, send: Any) -> None:
    """ASGI: the handshake of a path that is not built is answered 404, like that of any page."""
    await _answer(send, 404)


async def _answer(send: Any, status: int, *headers: tuple[bytes, bytes]) -> None:
    """Refuse a handshake with a status; a plain close would always say 403."""
    shown = [*headers, (b"content-length", b"0")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": shown})
    await send({"type": "websocket.http.response.body", "body": b""})


def off_loop(function: Any) -> Any:
    """Run database work in a thread of its own. The default would put all sockets on one thread."""
    return database_sync_to_async(function, thread_sensitive=False)


def header(scope: dict[str, Any], name: str) -> str:
    """A header of the handshake, or an empty string."""
    wanted = name.lower().encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), "")


def is_own_origin(scope: dict[str, Any]) -> bool:
    """Whether the page that opened the socket is ours. A browser always names its origin."""
    origin = header(scope, "origin")
    if not origin:
        return True
    host = urlsplit(origin).netloc.lower()
    return host == header(scope, "host").lower() or host in {
        urlsplit(url).netloc.lower() for url in settings.PUBLIC_URLS
    }
