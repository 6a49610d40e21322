"""Small photos that customers send: drawn here, so that no picture of anybody's is needed."""

from __future__ import annotations

import random
import struct
import zlib
from functools import cache

from conversations.actions.files import ArrivedFile

WIDTH, HEIGHT = 480, 360
Color = tuple[int, int, int]

# Sky or wall above, ground or table below, the thing in front, and what is wrong with it.
SCENES: dict[str, tuple[Color, Color, Color, Color]] = {
    "torn-seam": ((176, 196, 214), (112, 128, 86), (62, 104, 84), (236, 226, 204)),
    "broken-buckle": ((206, 198, 186), (150, 126, 98), (58, 62, 70), (214, 148, 60)),
    "split-slat": ((184, 202, 190), (132, 142, 106), (160, 116, 70), (70, 46, 28)),
    "brown-leaves": ((214, 214, 206), (120, 100, 80), (84, 128, 62), (138, 92, 44)),
    "wet-parcel": ((148, 154, 162), (98, 100, 104), (178, 140, 94), (92, 70, 48)),
    "worn-sole": ((224, 218, 208), (172, 152, 126), (92, 66, 50), (216, 204, 186)),
    "label": ((196, 196, 196), (140, 136, 130), (240, 238, 230), (40, 40, 44)),
    "green-door": ((160, 150, 140), (110, 108, 104), (52, 110, 78), (230, 214, 140)),
}


def taken(name: str) -> ArrivedFile:
    """The photo of a scene, as it comes with a message."""
    return ArrivedFile(f"{name}.png", "image/png", png(name))


@cache
def png(name: str) -> bytes:
    """A PNG of 480 by 360 pixels, the same each time."""
    above, below, thing, flaw = SCENES[name]
    grain = random.Random(name)  # noqa: S311 - a picture, no secret
    rows = [_row(y, above if y < HEIGHT * 0.6 else below, thing, flaw, grain) for y in range(HEIGHT)]
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _row(y: int, ground: Color, thing: Color, flaw: Color, grain: random.Random) -> bytes:
    light = grain.randint(-5, 5) + (HEIGHT - y) // 9 - 16
    row = bytearray(_shade(ground, light) * WIDTH)
    top, bottom = HEIGHT // 5, HEIGHT * 5 // 6
    if top < y < bottom:
        # Wider towards its foot, as things that stand are.
        half = WIDTH // 6 + (y - top) // 3
        _span(row, WIDTH // 2 - half, WIDTH // 2 + half, _shade(thing, light // 2))
        _span(row, WIDTH // 2 + half // 3, WIDTH // 2 + half, _shade(thing, light // 2 - 18))
    if HEIGHT // 2 - 30 < y < HEIGHT // 2 + 46:
        crooked = WIDTH // 2 - 40 + (y % 23) + (y - HEIGHT // 2) // 2
        _span(row, crooked, crooked + 9 + abs(y - HEIGHT // 2) // 5, _shade(flaw, light))
    return bytes(row)


def _span(row: bytearray, left: int, right: int, color: bytes) -> None:
    left, right = max(0, left), min(WIDTH, right)
    row[left * 3 : right * 3] = color * (right - left)


def _shade(color: Color, light: int) -> bytes:
    return bytes(min(255, max(0, part + light)) for part in color)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
