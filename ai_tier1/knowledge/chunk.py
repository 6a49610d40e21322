"""An article's Markdown to the passages that are searched and quoted. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ai_tier1.knowledge.markdown_text import Block, BlockKind, blocks, strip_invisible
from ai_tier1.sentences import sentences

# What the embedder reads in one go: about 250 tokens.
AIM_CHARACTERS = 900


@dataclass(frozen=True, slots=True)
class Chunk:
    """A section, or a part of one.

    ``text`` is what may be quoted; ``indexed_text`` is what is embedded and searched, with the
    article and section named before it. ``start`` and ``end`` are offsets into the Markdown.
    """

    position: int
    heading: str
    anchor: str
    start: int
    end: int
    text: str
    indexed_text: str


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    anchor: str
    blocks: tuple[Block, ...]


def chunk(title: str, body: str) -> list[Chunk]:
    """Divide an article by its headings into chunks of about 900 characters.

    A list of steps and a table stay whole, however long; a line that ends with a colon stays with
    what it announces; only a very long paragraph is divided, between two sentences.
    """
    line_starts = _line_starts(body)
    chunks: list[Chunk] = []
    for section in _sections(body):
        for group in _groups(section.blocks):
            text = "\n\n".join(block.text for block in group)
            path = " > ".join(part for part in (strip_invisible(title), section.heading) if part)
            chunks.append(
                Chunk(
                    position=len(chunks),
                    heading=section.heading,
                    anchor=section.anchor,
                    start=line_starts[group[0].first_line],
                    end=line_starts[group[-1].end_line],
                    text=text,
                    indexed_text=f"{path}\n{text}",
                )
            )
    return chunks


def _line_starts(body: str) -> list[int]:
    """The offset of each line as Markdown counts them (by line feeds alone), and the end after the last."""
    lengths = [len(line) + 1 for line in body.split("\n")]
    return [min(offset, len(body)) for offset in (0, *accumulate(lengths))]


def _sections(body: str) -> Iterator[_Section]:
    path: list[tuple[int, str]] = []
    anchors: dict[str, int] = {}
    anchor = ""
    held: list[Block] = []
    for block in blocks(body):
        if block.kind is not BlockKind.HEADING:
            held.append(block)
            continue
        if held:
            yield _Section(" > ".join(name for _, name in path), anchor, tuple(held))
            held = []
        path = [(level, name) for level, name in path if level < block.level]
        path.append((block.level, block.text))
        anchor = _anchor(block.text, anchors)
    if held:
        yield _Section(" > ".join(name for _, name in path), anchor, tuple(held))


def _anchor(heading: str, seen: dict[str, int]) -> str:
    """A stable name for a heading, numbered where it repeats."""
    plain = unicodedata.normalize("NFKC", heading).lower()
    name = re.sub(r"[\W_]+", "-", plain).strip("-")[:150] or "section"
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _groups(section: Sequence[Block]) -> Iterator[list[Block]]:
    """Pack a section's blocks, in order, into groups of about ``AIM_CHARACTERS``."""
    group: list[Block] = []
    size = 0
    for unit in _units(section):
        length = sum(len(block.text) for block in unit)
        if group and size + length > AIM_CHARACTERS:
            yield group
            group, size = [], 0
        group.extend(unit)
        size += length
    if group:
        yield group


def _units(section: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks that must stay together: what announces a list, and the list."""
    held: list[Block] = []
    for block in section:
        if block.kind is BlockKind.PARAGRAPH and len(block.text) > AIM_CHARACTERS:
            for part in _divided(block):
                yield [*held, part]
                held = []
            continue
        held.append(block)
        if not block.text.rstrip().endswith(":"):
            yield held
            held = []
    if held:
        yield held


def _divided(paragraph: Block) -> list[Block]:
    """A long paragraph as several, cut between sentences; their line numbers stay those of the whole."""
    parts: list[str] = [""]
    for sentence in sentences(paragraph.text):
        if parts[-1] and len(parts[-1]) + len(sentence) >= AIM_CHARACTERS:
            parts.append("")
        parts[-1] = f"{parts[-1]} {sentence}".strip()
    return [replace(paragraph, text=part) for part in parts]
