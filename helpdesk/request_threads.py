"""Threads that serve one request after another.

Django's ASGI handler starts a thread for every request and waits for its end: a third of what a short request
costs. Here a thread whose request is done takes the next one; as before, it has one request at a time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from asgiref.sync import ThreadSensitiveContext

# What a burst needed beyond these ends with it.
KEPT = 16


class RequestThreads:
    """The idle ones of a process. Used from its event loop alone."""

    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A thread for all that is not asynchronous inside the block, and for nothing else meanwhile."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self._idle) < KEPT:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)
