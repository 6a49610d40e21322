"""Doubles in a thread of this process, for tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from doubles.esp import EspDouble
from doubles.graph import GraphDouble
from doubles.smtp import SmtpDouble
from doubles.twilio import TwilioDouble

STOP_SECONDS = 10.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Running:
    """The doubles that run: ``twilio_url`` (http), ``smtp_host`` and ``smtp_port``,
    ``smtp_url`` (http), ``graph_url`` and ``esp_url`` (http)."""

    twilio: TwilioDouble
    twilio_url: str
    smtp: SmtpDouble
    smtp_host: str
    smtp_port: int
    graph: GraphDouble
    graph_url: str
    esp: EspDouble
    esp_url: str

    @property
    def smtp_url(self) -> str:
        """Where the mail sink answers HTTP."""
        return f"http://{self.smtp_host}:{self.smtp_port}"


@contextmanager
def running(accounts: Mapping[str, str] | None = None, *, host: str = "127.0.0.1") -> Iterator[Running]:
    """All doubles on free ports. ``accounts`` maps Twilio account SIDs to auth tokens."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="doubles", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(STOP_SECONDS)

    twilio, smtp = TwilioDouble(dict(accounts or {})), SmtpDouble()
    graph, esp = GraphDouble(), EspDouble()
    try:
        twilio_url = run(twilio.start(host, 0))
        run(smtp.start(host, 0))
        graph_url = run(graph.start(host, 0))
        esp_url = run(esp.start(host, 0))
        yield Running(twilio, twilio_url, smtp, host, smtp.port, graph, graph_url, esp, esp_url)
    finally:
        run(twilio.stop())
        run(smtp.stop())
        run(graph.stop())
        run(esp.stop())
        run(_end_conversations())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_SECONDS)
        loop.close()


async def _end_conversations() -> None:
    """Let go of whoever is still being kept waiting."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
