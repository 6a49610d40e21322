"""Text reads and controls can be seen in both themes, computed from the tokens themselves."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);")
LIGHT, DARK = 0, 1
CHANNELS = ["chat", "email", "sms", "whatsapp", "phone"]
SURFACES = ["canvas", "paper", "raised", "sunken"]

TEXT_ON_SURFACE = [
    *((ink, surface) for ink in ["ink", "ink-2", "ink-3"] for surface in [*SURFACES, "hover", "pressed"]),
    *((ink, surface) for ink in [*CHANNELS, "thread", "bad", "warn", "good"] for surface in SURFACES),
    *((ink, "hover") for ink in [*CHANNELS, "bad", "warn"]),
    ("ink", "thread-soft"),
    ("ink-2", "thread-soft"),
    ("ink-3", "thread-soft"),
    ("thread", "thread-soft"),
    *((ink, "thread-soft") for ink in [*CHANNELS, "bad", "warn", "machine"]),
    ("on-ink", "ink"),
    ("on-ink", "ink-hover"),
    ("on-thread", "thread"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("ink", "bad-soft"),
    ("ink", "warn-soft"),
    ("ink", "good-soft"),
    ("ink", "note"),
    ("ink-2", "note"),
    ("ink-3", "note"),
    ("note-ink", "note"),
    ("note-ink", "paper"),
    ("machine", "machine-soft"),
    ("machine", "paper"),
    ("machine", "canvas"),
    ("machine", "hover"),
    ("ink", "machine-soft"),
    ("ink-2", "machine-soft"),
    ("ink-3", "machine-soft"),
]
CONTROL_ON_SURFACE = [("edge", surface) for surface in SURFACES] + [
    (mark, surface) for mark in ["focus", "thread"] for surface in [*SURFACES, "hover", "thread-soft", "note"]
]


def _numbers(text: str) -> tuple[float, float, float]:
    lightness, chroma, hue = (float(part) for part in text.split())
    return lightness, chroma, hue


COLOURS = {name: (_numbers(light), _numbers(dark)) for name, light, dark in PAIR.findall(TOKENS)}


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance (WCAG) of an OKLCH colour, clipped to sRGB as browsers do."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str, theme: int) -> float:
    """The WCAG contrast ratio of two tokens in one theme."""
    low, high = sorted((luminance(COLOURS[first][theme]), luminance(COLOURS[second][theme])))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert (luminance((1, 0, 0)) + 0.05) / (luminance((0, 0, 0)) + 0.05) == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), TEXT_ON_SURFACE)
def test_text_reads_on_its_surface(ink: str, surface: str, theme: int) -> None:
    assert contrast(ink, surface, theme) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "surface"), CONTROL_ON_SURFACE)
def test_controls_and_focus_stand_out_from_their_surface(mark: str, surface: str, theme: int) -> None:
    assert contrast(mark, surface, theme) >= 3.0
