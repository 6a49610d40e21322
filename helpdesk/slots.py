"""At most so many of one kind of work at a time, over all workers: what waits for strangers may not hold them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache


@contextmanager
def slot(kind: str, *, of: int, seconds: float) -> Iterator[bool]:
    """Take one of so many slots; False where all are taken. One whose holder died is free again after ``seconds``."""
    taken = next((key for number in range(of) if cache.add(key := f"slot:{kind}:{number}", 1, seconds)), None)
    try:
        yield taken is not None
    finally:
        if taken is not None:
            cache.delete(taken)
