"""What callers leave after the tone: a murmur of speech, made here, so that nobody's voice is needed."""

from __future__ import annotations

import io
import math
import random
import wave
from functools import cache

from conversations.actions.files import ArrivedFile

RATE = 8_000  # what a telephone line carries
SYLLABLE_SECONDS = 0.21


def left(name: str, seconds: int) -> ArrivedFile:
    """A recording as it comes with a voicemail."""
    return ArrivedFile("voicemail.wav", "audio/wav", sound(name, seconds))


@cache
def sound(name: str, seconds: int) -> bytes:
    """A mono WAV of this length, the same each time."""
    voice = random.Random(name)  # noqa: S311 - a sound, no secret
    pitch = voice.uniform(105, 205)
    frames = bytearray()
    while len(frames) < seconds * RATE:
        frames += _syllable(pitch * voice.uniform(0.9, 1.15), voice.uniform(0.6, 1.3), is_pause=voice.random() < 0.18)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(bytes(frames[: seconds * RATE]))
    return file.getvalue()


def _syllable(pitch: float, stretch: float, *, is_pause: bool) -> bytes:
    """A hum with two overtones that swells and fades; 8 bits a sample, silence at 128."""
    count = int(RATE * SYLLABLE_SECONDS * stretch)
    if is_pause:
        return b"\x80" * count
    turn = 2 * math.pi * pitch / RATE
    return bytes(
        128 + int(26 * math.sin(math.pi * i / count) * (math.sin(turn * i) + 0.5 * math.sin(3 * turn * i + 1)))
        for i in range(count)
    )
