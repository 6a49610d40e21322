"""How many parts a text takes as SMS: GSM-7 where every character fits, else UCS-2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Encoding = Literal["GSM-7", "UCS-2"]

# 3GPP TS 23.038, the default alphabet (without its escape) and the extension reached through the escape.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_LARGEST_BASIC_PLANE = 0xFFFF


class Segments(NamedTuple):
    """What a text costs: its encoding, the number of parts, and the characters still free in the last."""

    encoding: Encoding
    part_count: int
    characters_left: int


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM alphabet, so that a part holds more than twice as much."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def septets(text: str) -> int:
    """The units of a text in the GSM alphabet: what is reached through the escape takes two."""
    return sum(2 if character in _EXTENDED else 1 for character in text)


def segments(text: str) -> Segments:
    """Count the parts. An empty text has none, and a whole part free.

    A part of its own holds 160 (GSM-7) or 70 (UCS-2) units, a part of several 153 or 67, the rest being
    the header that joins them. A character of two units is never cut in two.
    """
    if is_gsm(text):
        return _count("GSM-7", (2 if character in _EXTENDED else 1 for character in text), alone=160, joined=153)
    widths = (2 if ord(character) > _LARGEST_BASIC_PLANE else 1 for character in text)
    return _count("UCS-2", widths, alone=70, joined=67)


def _count(encoding: Encoding, widths: Iterable[int], *, alone: int, joined: int) -> Segments:
    total = 0
    finished_count = 0
    used = 0
    for width in widths:
        total += width
        if used + width > joined:
            finished_count += 1
            used = 0
        used += width
    if total <= alone:
        return Segments(encoding, 1 if total else 0, alone - total)
    return Segments(encoding, finished_count + 1, joined - used)
