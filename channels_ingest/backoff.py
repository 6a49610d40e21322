"""How long something rests that we look into again and again, once it could not be read."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from channels_ingest.adapters.failures import AdapterError, Misconfigured


@dataclass(frozen=True, slots=True)
class Backoff:
    """The first rests, in seconds, and the longest. Wrong settings stay wrong until somebody mends them, which is
    noticed at once; a server may be back in a moment."""

    away_seconds: float
    wrong_seconds: float
    longest: timedelta

    def after(self, error: AdapterError, failures_before: int) -> timedelta:
        """Longer each time, and at least as long as the provider asked for."""
        first = self.wrong_seconds if isinstance(error, Misconfigured) else self.away_seconds
        seconds = first * 2.0 ** min(failures_before, 10) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
        asked_for = getattr(error, "retry_after_seconds", None) or 0
        return min(timedelta(seconds=max(seconds, asked_for)), self.longest)
