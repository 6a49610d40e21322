"""Signs of life of the parts that no request reaches: worker, ai, beat, model. They expire by themselves."""

from __future__ import annotations

from typing import Literal, get_args

from django.core.cache import caches

Part = Literal["worker", "ai", "beat", "model"]
PARTS: tuple[Part, ...] = get_args(Part)
# Four missed heartbeats: a busy worker isn't a dead one.
FORGOTTEN_AFTER_SECONDS = 20


def note(part: Part) -> None:
    """Say that a part works at this moment."""
    caches["signs_of_life"].set(f"alive:{part}", 1, FORGOTTEN_AFTER_SECONDS)


def alive() -> set[Part]:
    """The parts heard of lately. Raises the cache's errors when Redis is away."""
    found = caches["signs_of_life"].get_many([f"alive:{part}" for part in PARTS])
    return {part for part in PARTS if f"alive:{part}" in found}
