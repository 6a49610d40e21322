"""How many parts a text takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.sms_text import segments

ROOT = Path(__file__).parents[2]


def cases() -> list[Any]:
    """The same ones that the composer's count is held to: (piece, times, and what follows; encoding, parts, left)."""
    rows = json.loads((ROOT / "tests/js/sms_segments.json").read_text())
    return [("".join(piece * times for piece, times in row.pop("text")), tuple(row.values())) for row in rows]


@pytest.mark.parametrize(("text", "expected"), cases())
def test_parts_are_counted_as_phones_do(text: str, expected: tuple[str, int, int]) -> None:
    assert segments(text) == expected


@given(st.text(max_size=2000))
def test_the_count_is_enough_and_not_one_too_many(text: str) -> None:
    encoding, count, left = segments(text)
    if encoding == "UCS-2":
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        alone, joined = 70, 67
    else:
        units = len(text) + sum(character in "\f^{}\\[~]|€" for character in text)
        alone, joined = 160, 153
    capacity = alone if count <= 1 else joined * count
    # At most one unit per finished part is lost to a character that must not be cut.
    assert units + left <= capacity <= units + left + max(count - 1, 0)
    assert 0 <= left <= alone
    assert count == 0 if not text else count >= 1


@given(st.text(max_size=400), st.text(max_size=40))
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert segments(text + more).part_count >= segments(text).part_count
