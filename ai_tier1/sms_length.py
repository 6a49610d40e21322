"""How long a text is for a phone: in GSM characters where it can be, else in the wider alphabet. Pure."""

from __future__ import annotations

from conversations import sms_text

# One text outside the GSM alphabet is sent in UCS-2: 67 characters a segment and not 153.
_UCS2_COST = 153 / 67


def septets(text: str) -> int:
    """Characters as a phone network counts them; 306 are two joined segments in either alphabet."""
    if sms_text.is_gsm(text):
        return sms_text.septets(text)
    units = len(text.encode("utf-16-le")) // 2
    return round(units * _UCS2_COST + 0.5)


def to_gsm(text: str) -> str:
    """``text`` with typographic marks in their plain form, so that one dash does not halve the room."""
    return text.translate(_PLAIN)


_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-"}
)
