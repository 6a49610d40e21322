"""Prints a story step by step, and keeps what did not turn out as it should."""

from __future__ import annotations

from collections.abc import Callable

LONGEST_QUOTE = 90


class Teller:
    """``say`` gets each line."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._step_count = 0
        self.complaints: list[str] = []

    def step(self, words: str) -> None:
        """What happened, and what the API says of it."""
        self._step_count += 1
        self._say(f"{self._step_count:2}. {words}")

    def check(self, is_so: object, words: str) -> None:
        """Complain if it isn't so."""
        if not is_so:
            self.complaints.append(words)
            self._say(f"    NOT SO: {words}")

    def end(self, words: str) -> None:
        """A line of the summary."""
        self._say(words)


def quoted(text: str) -> str:
    """The beginning of what was said, on one line."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= LONGEST_QUOTE else f'"{line[: LONGEST_QUOTE - 1]}…"'
