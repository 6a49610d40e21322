"""A running product while its parts are killed, and while nothing happens at all. `bench/drill` says how."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect

from bench.drill.run import BLOWS, drill
from bench.drill.stack import RunningDemo
from tests.stack import RunningStack, data_directory

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(400)]

MESSAGES, SECONDS = 200, 50.0
IDLE_SOCKETS, IDLE_SECONDS = 100, 62.0


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningDemo]:
    """A stack of its own: what is killed here serves no other test."""
    with data_directory() as directory:
        stack = RunningStack(directory, "--demo")
        try:
            stack.start()
            yield RunningDemo(directory)
        finally:
            stack.stop()


async def test_a_hundred_idle_sockets_live_on(demo: RunningDemo) -> None:
    url = f"{demo.place.base_url.replace('http', 'ws', 1)}/ws/inbox/"
    headers = {"Authorization": f"Bearer {demo.place.agent_token}"}
    async with AsyncExitStack() as stack:
        sockets = [
            # Our own pings would keep alive what the server's side lets die.
            await stack.enter_async_context(connect(url, additional_headers=headers, ping_interval=None))
            for _ in range(IDLE_SOCKETS)
        ]
        await asyncio.sleep(IDLE_SECONDS)
        assert [socket.close_code for socket in sockets if socket.close_code is not None] == []
        for socket in sockets:
            await socket.send('{"type": "ping"}')
        answers = await asyncio.wait_for(asyncio.gather(*(_pong(socket) for socket in sockets)), 20)
        assert len(answers) == IDLE_SOCKETS


async def test_nothing_is_lost_or_doubled_while_everything_is_killed_once(demo: RunningDemo) -> None:
    result = await drill(demo, MESSAGES, SECONDS)
    assert result.complaints == []
    assert [blow.name for blow in result.blows] == list(BLOWS)


async def _pong(socket: object) -> str:
    async for frame in socket:  # type: ignore[attr-defined]
        if '"pong"' in frame:
            return str(frame)
    raise AssertionError("the socket ended")
