"""Customers' text made easy to match: bounded, lower case, straight quotes, single spaces. Pure."""

from __future__ import annotations

import re

LONGEST = 4000
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\u00a0": " "})
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def plain(text: str) -> str:
    """``text`` for matching; only its first 4,000 characters."""
    return _SPACES.sub(" ", text[:LONGEST].translate(_STRAIGHT)).strip().lower()


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, without punctuation."""
    return _WORDS.findall(plain(text))


def is_one_edit_away(one: str, other: str) -> bool:
    """Whether two words differ by one letter added, lost, changed, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if len(one) == len(other):
        is_swapped = rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:]
        return rest[1:] == other_rest[1:] or is_swapped
    longer, shorter = (rest, other_rest) if len(rest) > len(other_rest) else (other_rest, rest)
    return longer[1:] == shorter
