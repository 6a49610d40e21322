"""The words of a mail that brings what somebody did not see in the chat. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

BEGINS = "You had left our chat when this was written:"
ENDS = "You can answer this mail, or go on in the chat."


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the chat. ``author`` is as the customer knows it."""

    author: str
    at: datetime
    text: str


def words(said: Iterable[Said], zone: ZoneInfo) -> str:
    """The messages in their order, each with who wrote it when."""
    parts = [f"{one.author}, {one.at.astimezone(zone):%H:%M}:\n{one.text.strip()}".rstrip() for one in said]
    return "\n\n".join([BEGINS, *parts, ENDS])
