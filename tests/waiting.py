"""Waiting for what happens elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(is_so: Callable[[], object], *, within_seconds: float = 5.0) -> None:
    """Return as soon as it is so; fail when it isn't in time."""
    deadline = time.monotonic() + within_seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)
