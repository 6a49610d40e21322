"""Durations and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Samples:
    """Durations of single requests, in seconds, and of the whole they were part of."""

    durations: tuple[float, ...]
    whole_seconds: float

    @property
    def per_second(self) -> float:
        """How many were done a second."""
        return len(self.durations) / self.whole_seconds

    def milliseconds(self, percent: float) -> float:
        """The duration that so many percent stay below (nearest rank)."""
        ordered = sorted(self.durations)
        return ordered[max(0, -(-len(ordered) * int(percent * 10) // 1000) - 1)] * 1000

    def percentiles(self) -> str:
        """p50 / p95 / p99 in milliseconds."""
        return " / ".join(f"{self.milliseconds(percent):.1f}" for percent in (50, 95, 99))


def middle(rounds: Sequence[Samples]) -> Samples:
    """The round with the median rate: one disturbed round counts for nothing."""
    return sorted(rounds, key=lambda one: one.per_second)[len(rounds) // 2]
