"""What each process holds, and what an idle socket adds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
from websockets.asyncio.client import connect

from bench.drill.stack import RunningDemo

SOCKETS = 500
SETTLE_SECONDS = 5.0
MEBIBYTE, KIBIBYTE = 1024 * 1024, 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Proportional set sizes (PSS: shared pages are split between those who share them)."""

    mebibytes: dict[str, float]
    kibibytes_per_socket: float


async def measure(demo: RunningDemo) -> Memory:
    """At rest; then with hundreds of agents' sockets that do nothing."""
    await asyncio.sleep(SETTLE_SECONDS)
    sizes = {name: sum(_pss(one) for one in _tree(pid)) / MEBIBYTE for name, pid in sorted(demo.facts["pids"].items())
             if name not in ("up", "doubles", "supervisor")}  # fmt: skip
    webs = [pid for name, pid in demo.facts["pids"].items() if name.startswith("web")]
    before = sum(_pss(psutil.Process(pid)) for pid in webs)
    url = f"{demo.place.base_url.replace('http', 'ws', 1)}/ws/inbox/"
    headers = {"Authorization": f"Bearer {demo.place.agent_token}"}
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            await stack.enter_async_context(connect(url, additional_headers=headers, proxy=None))
        await asyncio.sleep(SETTLE_SECONDS)
        after = sum(_pss(psutil.Process(pid)) for pid in webs)
    return Memory(sizes, (after - before) / SOCKETS / KIBIBYTE)


def _tree(pid: int) -> Iterator[psutil.Process]:
    top = psutil.Process(pid)
    yield top
    yield from top.children(recursive=True)


def _pss(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)
