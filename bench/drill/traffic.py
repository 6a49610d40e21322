"""What was answered to whom and when: written by every client, read by the verdict and the table."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

FIRST_ERROR, UNAVAILABLE, SERVER_ERROR = 400, 503, 500


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request. Times are of the monotonic clock; status 0 stands for a connection that broke."""

    door: str
    started_at: float
    ended_at: float
    status: int
    text: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the sender may forget it."""
        return 200 <= self.status < 300


@dataclass(slots=True)
class Traffic:
    """All exchanges of a run."""

    exchanges: list[Exchange] = field(default_factory=list)

    def note(self, door: str, started_at: float, status: int, text: str = "") -> Exchange:
        """Keep one; the text only where something was wrong."""
        kept = text[:300] if status >= FIRST_ERROR or not status else ""
        exchange = Exchange(door, started_at, time.monotonic(), status, kept)
        self.exchanges.append(exchange)
        return exchange

    def statuses(self) -> Counter[int]:
        """How often each status was answered."""
        return Counter(one.status for one in self.exchanges)

    def faults(self) -> list[Exchange]:
        """Answers that no client should ever see: errors other than "not now"."""
        return [one for one in self.exchanges if one.status >= FIRST_ERROR and one.status != UNAVAILABLE]

    def accepted_after(self, moment: float) -> float | None:
        """Seconds from a moment until the first request begun after it was accepted."""
        ended = [one.ended_at for one in self.exchanges if one.is_accepted and one.started_at > moment]
        return min(ended) - moment if ended else None
