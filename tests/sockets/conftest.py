"""Connections of the threads that work for sockets are closed with each test, or the database can't be dropped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

THREADS = 8


@pytest.fixture(autouse=True)
async def closed_connections() -> AsyncIterator[None]:
    """A pool of our own for the loop, each of whose threads can be reached at the end."""
    pool = ThreadPoolExecutor(THREADS)
    asyncio.get_running_loop().set_default_executor(pool)
    yield
    together = threading.Barrier(THREADS)

    def close() -> None:
        together.wait(20)
        connections.close_all()

    await asyncio.gather(*[asyncio.wrap_future(pool.submit(close)) for _ in range(THREADS)])
    await sync_to_async(connections.close_all)()  # the one thread that sessions are read on
