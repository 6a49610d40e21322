"""The way of an HTTP request to Django."""

from __future__ import annotations

import asyncio
import threading
import time

import httpx
from asgiref.sync import sync_to_async

from helpdesk.handlers import Http
from helpdesk.request_threads import KEPT, RequestThreads


async def _get(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=Http())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(path)


async def test_a_door_that_is_not_there_says_so_to_a_program() -> None:
    answer = await _get("/webhooks/nothing/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert answer.headers["Content-Length"] == str(len(answer.content))


async def test_what_providers_post_passes_no_middleware_of_pages() -> None:
    answer = await _get("/webhooks/nothing/")
    assert {"content-security-policy", "vary", "set-cookie", "x-frame-options"}.isdisjoint(answer.headers)


async def test_a_page_keeps_its_middlewares() -> None:
    answer = await _get("/health/live")
    assert answer.status_code == 200
    assert "content-security-policy" in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_requests_one_after_another_share_a_thread() -> None:
    threads = RequestThreads()
    served = []
    for _ in range(3):
        async with threads.one():
            served.append(await sync_to_async(threading.get_ident)())
            served.append(await sync_to_async(threading.get_ident)())
    assert len(set(served)) == 1
    assert served[0] != threading.get_ident()


async def test_requests_at_once_have_a_thread_each() -> None:
    threads = RequestThreads()
    all_in = threading.Barrier(2 * KEPT, timeout=20)

    async def serve() -> int:
        async with threads.one():
            await sync_to_async(all_in.wait)()
            return await sync_to_async(threading.get_ident)()

    served = await asyncio.gather(*(serve() for _ in range(2 * KEPT)))
    assert len(set(served)) == 2 * KEPT


async def test_threads_of_a_burst_end_with_it() -> None:
    threads = RequestThreads()
    before = threading.active_count()

    async def serve() -> None:
        async with threads.one():
            await sync_to_async(time.sleep)(0.05)

    await asyncio.gather(*(serve() for _ in range(KEPT + 8)))
    for _ in range(100):
        if threading.active_count() <= before + KEPT:
            break
        await asyncio.sleep(0.02)
    assert threading.active_count() <= before + KEPT


async def test_a_request_that_fails_gives_its_thread_back() -> None:
    threads = RequestThreads()
    served = []
    for _ in range(2):
        try:
            async with threads.one():
                served.append(await sync_to_async(threading.get_ident)())
                raise RuntimeError
        except RuntimeError:
            continue
    assert len(set(served)) == 1
