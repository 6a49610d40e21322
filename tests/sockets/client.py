"""A socket's other end, for tests."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

from asgiref.testing import ApplicationCommunicator

from conversations.sockets import off_loop
from helpdesk.asgi import application

LONGEST_SECONDS = 20.0
Frame = dict[str, Any]


async def work(function: Any, *arguments: Any, **more: Any) -> Any:
    """Work on the database from a test that is asynchronous."""
    return await off_loop(function)(*arguments, **more)


class Socket:
    """``async with Socket(path) as socket``: connected, and closed at the end."""

    def __init__(self, path: str, **headers: str) -> None:
        where, _, query = path.partition("?")
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "websocket",
            "path": where,
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), *raw],
            "subprotocols": [],
        }
        self.inner = ApplicationCommunicator(application, scope)
        self.is_accepted = False
        # What the handshake was answered with, where it was refused with a status of its own.
        self.status: int | None = None

    async def __aenter__(self) -> Socket:
        await self.inner.send_input({"type": "websocket.connect"})
        answer = await self.inner.receive_output(timeout=LONGEST_SECONDS)
        self.is_accepted = answer["type"] == "websocket.accept"
        self.status = answer.get("status")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.inner.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.inner.wait(timeout=LONGEST_SECONDS)

    async def send(self, frame: object) -> None:
        """One frame: an object, or text or bytes as they are."""
        match frame:
            case bytes():
                await self.inner.send_input({"type": "websocket.receive", "bytes": frame})
            case str():
                await self.inner.send_input({"type": "websocket.receive", "text": frame})
            case _:
                await self.inner.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def receive(self, *types: str) -> Frame:
        """The next frame, of one of these types where some are given: others are passed over."""
        async with asyncio.timeout(LONGEST_SECONDS):
            while True:
                message = await self.inner.receive_output(timeout=LONGEST_SECONDS)
                assert message["type"] == "websocket.send", message
                frame: Frame = json.loads(message["text"])
                if not types or frame["type"] in types:
                    return frame

    async def until(self, wanted: Any) -> list[Frame]:
        """All frames up to the first that is wanted."""
        frames: list[Frame] = []
        while not frames or not wanted(frames[-1]):
            frames.append(await self.receive())
        return frames

    async def is_silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for a moment."""
        return bool(await self.inner.receive_nothing(timeout=seconds, interval=0.05))

    async def closed(self) -> int:
        """The code it is closed with, whatever comes before."""
        async with asyncio.timeout(LONGEST_SECONDS):
            while True:
                message = await self.inner.receive_output(timeout=LONGEST_SECONDS)
                if message["type"] == "websocket.close":
                    return int(message["code"])
