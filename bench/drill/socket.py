"""A WebSocket that comes back by itself, as both of our browser clients do."""

from __future__ import annotations

import asyncio
import json
import random
from abc import abstractmethod
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.3, 3.0
PING_SECONDS = 25.0
Frame = dict[str, Any]


class Link:
    """Connects, listens, and connects again. Subclasses say where to and what a frame means."""

    def __init__(self) -> None:
        self.connection: ClientConnection | None = None
        self.connect_count = 0
        self.cuts: list[str] = []
        self.is_ready = asyncio.Event()

    @abstractmethod
    def url(self) -> str:
        """Where to connect now."""

    def headers(self) -> dict[str, str]:
        """What proves who we are."""
        return {}

    async def opened(self) -> None:
        """The connection stands."""

    @abstractmethod
    async def heard(self, frame: Frame) -> None:
        """One frame from the server."""

    async def run(self) -> None:
        """Stay connected until cancelled."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                async with connect(self.url(), additional_headers=self.headers(), proxy=None) as self.connection:
                    self.connect_count += 1
                    await self._listen()
                    pause = FIRST_PAUSE_SECONDS
            except InvalidStatus as error:
                self.cuts.append(f"HTTP {error.response.status_code}")
            except (OSError, TimeoutError, WebSocketException) as error:
                self.cuts.append(repr(error))
            self.connection = None
            self.is_ready.clear()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def say(self, frame: Frame) -> bool:
        """Whether it went to the network."""
        connection = self.connection
        if connection is None:
            return False
        try:
            await connection.send(json.dumps(frame))
        except (OSError, WebSocketException):
            return False
        return True

    async def _listen(self) -> None:
        connection = self.connection
        assert connection is not None
        await self.opened()
        pinging = asyncio.create_task(self._ping())
        try:
            async for text in connection:
                await self.heard(json.loads(text))
        finally:
            pinging.cancel()
        self.cuts.append(f"closed {connection.close_code}")

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self.say({"type": "ping"})
