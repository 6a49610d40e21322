"""What is done to the stack, one after the other, and how soon it was back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.drill.stack import RunningDemo

BACK_SECONDS = 90.0
LOOK_EVERY_SECONDS = 0.1


@dataclass(slots=True)
class Fault:
    """One blow. ``back_after`` is how long its process was missing, as ``stack.json`` tells it."""

    name: str
    struck_at: float
    back_after: float | None = None


class Faults:
    """Strikes at fixed parts of a span of time."""

    def __init__(self, demo: RunningDemo, before: dict[str, Callable[[], Awaitable[None]]]) -> None:
        self.struck: list[Fault] = []
        self._demo = demo
        self._before = before

    async def run(self, names: tuple[str, ...], seconds: float) -> None:
        """Spread them over so many seconds; the next waits until the one before is back."""
        started_at = time.monotonic()
        for number, name in enumerate(names, 1):
            await asyncio.sleep(max(0.0, started_at + seconds * number / (len(names) + 1) - time.monotonic()))
            if prepare := self._before.get(name):
                await prepare()
            await self._strike(name)

    async def _strike(self, name: str) -> None:
        if name == "flushall":
            self.struck.append(Fault(name, time.monotonic(), back_after=0.0))
            self._demo.flush_redis()
            return
        fault = Fault(name, time.monotonic())
        self.struck.append(fault)
        await self.back(fault, self._demo.kill(name))

    async def back(self, fault: Fault, old: int) -> None:
        """Wait until another process stands in the old one's place."""
        while self._demo.pid(fault.name) in (0, old):
            if time.monotonic() - fault.struck_at > BACK_SECONDS:
                raise TimeoutError(f"{fault.name} did not come back")
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        fault.back_after = time.monotonic() - fault.struck_at
