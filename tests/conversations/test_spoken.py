"""What is written, made fit to be said."""

from __future__ import annotations

import pytest

from conversations.spoken import speakable


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("See https://shop.example/a?b=1 for more.", "See for more."),
        ("Read [the guide](https://shop.example/g) first [1].", "Read the guide first."),
        ("**Free** from `50`", "Free from 50."),
        ("# Delivery\n- Standard: 3-5 days\n- Express: 1 day", "Delivery. Standard: 3 to 5 days. Express: 1 day."),
        ("Your order 10442 left.", "Your order 1 0 4 4 2 left."),
        ("It costs £1,250.50 until 2026.", "It costs £1,250.50 until 2026."),
        ("Write to help@shop.example & wait", "Write to help at shop dot example and wait."),
        ("1. Open it\n2. Close it", "Open it. Close it."),
    ],
)
def test_links_marks_and_lists_are_said_as_people_would(written: str, said: str) -> None:
    assert speakable(written) == said
    assert speakable(said) == said


def test_each_language_has_its_own_words() -> None:
    assert speakable("3-5 Tage", "de") == "3 bis 5 Tage."


def test_hostile_text_ends_soon() -> None:
    for text in ("[" * 50_000, "@" * 50_000, "1-" * 30_000, "*" * 50_000, "\n- " * 20_000):
        assert len(speakable(text)) <= 1001
