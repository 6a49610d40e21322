"""A stored request, made safe to look at: secrets blanked, unseen characters told, other bytes as hex. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

SHOWN_BYTES = 20 * 1024
SHOWN_HEX_BYTES = 2 * 1024
MOST_PAIRS = 200
HIDDEN = "••••••"
_SECRET = re.compile(r"authorization|cookie|secret|token|password|api[-_]?key", re.IGNORECASE)
_KEPT = {"\n", "\t"}


@dataclass(frozen=True, slots=True)
class ShownBody:
    """``pairs`` for a form; else ``text``, which is a hex dump where ``is_hex``."""

    text: str = ""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    is_hex: bool = False
    is_cut: bool = False


def headers(stored: Mapping[str, object]) -> list[tuple[str, str]]:
    """Sorted, what could be a secret blanked."""
    return [(visible(str(name)), _hidden(str(name), str(value))) for name, value in sorted(stored.items())]


def query(text: str) -> list[tuple[str, str]]:
    """The query's pairs, what could be a secret blanked."""
    return [(visible(name), _hidden(name, value)) for name, value in _pairs(text)]


def body(content: bytes, content_type: str) -> ShownBody:
    """The beginning of a body, as its type allows to show it."""
    shown, is_cut = content[:SHOWN_BYTES], len(content) > SHOWN_BYTES
    media_type = content_type.partition(";")[0].strip().lower()
    text = _text(shown, is_cut=is_cut)
    if text is None:
        return ShownBody(_hex(content[:SHOWN_HEX_BYTES]), is_hex=True, is_cut=len(content) > SHOWN_HEX_BYTES)
    if media_type == "application/x-www-form-urlencoded" and not is_cut and (pairs := _pairs(text)):
        return ShownBody(pairs=[(visible(name), _hidden(name, value)) for name, value in pairs])
    if media_type.endswith("json") and not is_cut:
        text = _indented(text)
    return ShownBody(visible(text), is_cut=is_cut)


def visible(text: str) -> str:
    """Characters that show nothing, or turn the reading direction, by their number."""
    return "".join(
        one if one in _KEPT or not _is_unseen(one) else f"⟨{ord(one):04X}⟩" for one in text.replace("\r\n", "\n")
    )


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _hidden(name: str, value: str) -> str:
    return HIDDEN if value and _SECRET.search(name) else visible(value)


def _text(content: bytes, *, is_cut: bool) -> str | None:
    """As UTF-8, a character cut at the end left out. None for what is no text."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        if not (is_cut and error.start >= len(content) - 3):
            return None
        text = content[: error.start].decode()
    return None if "\x00" in text else text


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_PAIRS)
    except ValueError:
        return []


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _hex(content: bytes) -> str:
    lines = []
    for start in range(0, len(content), 16):
        part = content[start : start + 16]
        letters = "".join(chr(one) if 32 <= one < 127 else "·" for one in part)
        lines.append(f"{start:06x}  {part.hex(' '):<47}  {letters}")
    return "\n".join(lines)
