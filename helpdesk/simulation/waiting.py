"""Waiting for what the product does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LOOK_EVERY_SECONDS = 0.2


class DidNotHappen(Exception):
    """What the story waits for did not come; the text says what."""


def until(look: Callable[[], T | None], what: str, *, seconds: float = 30.0) -> T:
    """The first result that counts as true. Raises DidNotHappen when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DidNotHappen(f"{what}: not within {seconds:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)
