"""The tier-1 without a language model: a question by the API, and a text until its answer has left."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass

from bench.speed.samples import Samples
from helpdesk.simulation.api import Api
from helpdesk.simulation.place import Place
from helpdesk.simulation.scene import fresh_number
from helpdesk.simulation.texting import Phone
from helpdesk.simulation.waiting import until

QUESTIONS = (
    "How many days do I have to send something back?",
    "What does delivery cost?",
    "Can I pay by invoice?",
    "How do I wash my down sleeping bag?",
    "My parcel is late, what now?",
    "Do you ship to Norway?",
    "How much does a new zip cost?",
    "Can I change the address of my order?",
    "Which size of boots should I take?",
    "Is there a discount for schools?",
)
ROUNDS, TEXTS = 10, 5


@dataclass(frozen=True, slots=True)
class Answers:
    """Seconds until an answer, over HTTP and back; and until it has left as a text, the burst awaited."""

    by_api: Samples
    by_text: Samples


def measure(place: Place) -> Answers:
    """Each question ten times by the API, a few as texts from new numbers."""
    return Answers(_by_api(place), _by_text(place))


def _by_api(place: Place) -> Samples:
    with closing(Api(place.base_url, place.agent_token)) as api:
        return _timed([lambda words=words: api.post("tier1/ask/", question=words, channel_kind="chat", language="en")
                       for words in QUESTIONS * ROUNDS])  # fmt: skip


def _by_text(place: Place) -> Samples:
    def ask(words: str) -> None:
        with closing(Phone(place, fresh_number())) as phone:
            phone.text(words)
            until(phone.received, "An answer by text", seconds=60)

    return _timed([lambda words=words: ask(words) for words in QUESTIONS[:TEXTS]])


def _timed(calls: list[object]) -> Samples:
    durations, began_at = [], time.perf_counter()
    for call in calls:
        started_at = time.perf_counter()
        call()  # type: ignore[operator]
        durations.append(time.perf_counter() - started_at)
    return Samples(tuple(durations), time.perf_counter() - began_at)
