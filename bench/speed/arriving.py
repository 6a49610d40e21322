"""From a provider's POST to the screens: an agent's inbox, and the chat window of the customer who wrote."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from websockets.sync.client import ClientConnection, connect

from bench.speed.samples import Samples
from helpdesk.simulation.chatting import ChatWindow
from helpdesk.simulation.place import Place
from helpdesk.simulation.scene import fresh_number
from helpdesk.simulation.texting import Phone

TEXTS = 100
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Seconds from the first byte of a text's webhook until it is shown."""

    to_agent: Samples
    to_customer: Samples


def measure(place: Place) -> Arrivals:
    """One text after the other, from a number that its owner proved in her chat window."""
    phone = Phone(place, fresh_number())
    with closing(phone), closing(ChatWindow(place.chat_socket)) as window:
        window.say("Good morning!")
        window.claim(phone.number)
        window.challenge("pending")
        window.verify(phone.code())
        window.challenge("proved")
        with _inbox(place) as inbox:
            to_agent = _times(phone, lambda words: _hear(inbox, words))
        to_customer = _times(phone, lambda words: _see(window, words))
    return Arrivals(to_agent, to_customer)


def to_agent(place: Place) -> Samples:
    """Texts of somebody new, to an agent's inbox alone."""
    with closing(Phone(place, fresh_number())) as phone, _inbox(place) as inbox:
        return _times(phone, lambda words: _hear(inbox, words))


def _times(phone: Phone, shown: Callable[[str], None]) -> Samples:
    durations, began_at = [], time.perf_counter()
    for _ in range(TEXTS):
        words = f"Thanks! {secrets.token_hex(4)}"
        started_at = time.perf_counter()
        phone.text(words)
        shown(words)
        durations.append(time.perf_counter() - started_at)
        time.sleep(PAUSE_SECONDS)
    return Samples(tuple(durations), time.perf_counter() - began_at)


@contextmanager
def _inbox(place: Place) -> Iterator[ClientConnection]:
    url = f"{place.base_url.replace('http', 'ws', 1)}/ws/inbox/"
    with connect(url, additional_headers={"Authorization": f"Bearer {place.agent_token}"}, proxy=None) as socket:
        while json.loads(socket.recv(PATIENCE_SECONDS))["type"] != "ready":
            pass
        yield socket


def _hear(inbox: ClientConnection, words: str) -> None:
    while True:
        frame = json.loads(inbox.recv(PATIENCE_SECONDS))
        if any(row.get("text") == words for row in frame.get("objects", [])):
            return


def _see(window: ChatWindow, words: str) -> None:
    window.wait(lambda: any(row["text"] == words for row in window.shown("message")), "The text is in the window")
