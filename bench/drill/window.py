"""A visitor's chat window: keeps what it says until that is accepted, over any number of cuts."""

from __future__ import annotations

import asyncio
import time

from bench.drill.rows import Rows
from bench.drill.socket import Frame, Link
from bench.drill.traffic import Traffic
from helpdesk.simulation.place import Place

RESEND_SECONDS = 4.0
PAUSE_SECONDS = 1.0
GIVE_UP_SECONDS = 120.0
# The server asks to try again; anything else would show the visitor a message that failed.
PASSING_ERRORS = frozenset({"try_again", "too_fast", "not_ready"})


class Window(Link):
    """``/ws/widget/<key>/``. ``complaints`` holds refusals that a visitor would have seen."""

    def __init__(self, place: Place, traffic: Traffic, token: str | None = None) -> None:
        super().__init__()
        self.rows = Rows()
        self.seq: int | None = None
        self.token = token
        self.complaints: list[str] = []
        self.errors: list[str] = []
        self._place = place
        self._traffic = traffic
        self._accepted: dict[str, set[int]] = {}
        self._news = asyncio.Condition()

    def url(self) -> str:
        """The widget's socket."""
        return self._place.chat_socket

    async def opened(self) -> None:
        """Say who we are and how far we got."""
        hello: Frame = {"type": "hello"}
        if self.token:
            hello["token"] = self.token
        if self.seq is not None:
            hello["after"] = self.seq
        await self.say(hello)

    async def heard(self, frame: Frame) -> None:
        """Keep what is to be kept."""
        match frame["type"]:
            case "ready":
                self.token = frame["token"]
                self.seq = frame["seq"] if self.seq is None else self.seq
                self.is_ready.set()
            case "event":
                self.seq = frame["seq"]
            case "accepted":
                self._accepted.setdefault(frame["client_id"], set()).add(frame["id"])
            case "error":
                self.errors.append(frame["code"])
                if frame["code"] not in PASSING_ERRORS:
                    self.complaints.append(f"the window was told {frame['code']}: {frame['text']}")
        self.rows.apply(frame)
        async with self._news:
            self._news.notify_all()

    async def deliver(self, client_id: str, text: str) -> bool:
        """Send until it is accepted; every call sends at least once."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            await self.is_ready.wait()
            started_at, error_count = time.monotonic(), len(self.errors)
            if not await self.say({"type": "message", "client_id": client_id, "text": text}):
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if await self._wait(client_id, error_count):
                self._traffic.note("chat", started_at, 200)
                return True
            await asyncio.sleep(PAUSE_SECONDS)
        return False

    def accepted_as(self, client_id: str) -> set[int]:
        """The message ids that were answered for one client id: exactly one, if all is well."""
        return self._accepted.get(client_id, set())

    async def _wait(self, client_id: str, error_count: int) -> bool:
        """Whether it was accepted in time, on this connection."""

        def is_over() -> bool:
            return client_id in self._accepted or len(self.errors) > error_count or not self.is_ready.is_set()

        try:
            async with asyncio.timeout(RESEND_SECONDS), self._news:
                await self._news.wait_for(is_over)
        except TimeoutError:
            pass
        return client_id in self._accepted
