"""Markdown to blocks of plain text that can be quoted in any channel. Pure, linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table")
# Characters that show nothing but can carry hidden words or turn the reading direction.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f\x00]")
_CELL_BREAK = re.compile(r"\s+")


class BlockKind(StrEnum):
    """What a block is; lists and tables are never divided."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its plain text, and the lines of the source ``[first_line, end_line)`` it came from."""

    kind: BlockKind
    text: str
    first_line: int
    end_line: int
    level: int = 0


def strip_invisible(text: str) -> str:
    """``text`` without zero-width, bidirectional and tag characters, and without NUL."""
    return _INVISIBLE.sub("", text)


def blocks(markdown: str) -> list[Block]:
    """The top-level blocks of a document, html left out: it could hide words from a reader."""
    tokens = _MARKDOWN.parse(markdown)
    found: list[Block] = []
    index = 0
    while index < len(tokens):
        end = _closing(tokens, index)
        block = _block(tokens[index : end + 1])
        if block is not None and block.text.strip():
            found.append(block)
        index = end + 1
    return found


def _closing(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that closes the one at ``start``."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _block(tokens: Sequence[Token]) -> Block | None:
    first = tokens[0]
    lines = first.map or [0, 0]
    match first.type:
        case "heading_open":
            return Block(BlockKind.HEADING, _inline(tokens[1]), lines[0], lines[1], int(first.tag[1:]))
        case "paragraph_open":
            return Block(BlockKind.PARAGRAPH, _inline(tokens[1]), lines[0], lines[1])
        case "bullet_list_open" | "ordered_list_open":
            return Block(BlockKind.LIST, "\n".join(_list_lines(tokens, 0)), lines[0], lines[1])
        case "table_open":
            return Block(BlockKind.TABLE, "\n".join(_table_lines(tokens)), lines[0], lines[1])
        case "fence" | "code_block":
            return Block(BlockKind.CODE, first.content.rstrip(), lines[0], lines[1])
        case "blockquote_open":
            return Block(BlockKind.PARAGRAPH, _nested(tokens[1:-1]), lines[0], lines[1])
    return None


def _inline(token: Token) -> str:
    """The words of an inline token; a link keeps its address where its words do not say it."""
    parts: list[str] = []
    targets: list[tuple[str, int]] = []
    for child in token.children or []:
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(child.content)
            case "link_open":
                targets.append((str(child.attrGet("href") or ""), len(parts)))
            case "link_close" if targets:
                target, start = targets.pop()
                words = "".join(parts[start:])
                if target and target.removeprefix("mailto:").removeprefix("https://") not in words:
                    parts.append(f" ({target.removeprefix('mailto:')})")
    return strip_invisible("".join(parts)).strip()


def _nested(tokens: Sequence[Token]) -> str:
    return "\n".join(_inline(token) for token in tokens if token.type == "inline")


def _list_lines(tokens: Sequence[Token], indent: int) -> Iterator[str]:
    """One line for each item, numbered as in the source, inner lists indented."""
    is_ordered = tokens[0].type == "ordered_list_open"
    number = int(tokens[0].attrGet("start") or 1)
    index = 1
    while index < len(tokens) - 1:
        end = _closing(tokens, index)
        marker = f"{number}. " if is_ordered else "- "
        yield from _item_lines(tokens[index + 1 : end], "  " * indent + marker, indent)
        number += 1
        index = end + 1


def _item_lines(tokens: Sequence[Token], marker: str, indent: int) -> Iterator[str]:
    index = 0
    is_first = True
    while index < len(tokens):
        end = _closing(tokens, index)
        inner = tokens[index : end + 1]
        if inner[0].type in {"bullet_list_open", "ordered_list_open"}:
            yield from _list_lines(inner, indent + 1)
        elif text := " ".join(_nested(inner).split()):
            yield (marker if is_first else " " * len(marker)) + text
            is_first = False
        index = end + 1


def _table_lines(tokens: Sequence[Token]) -> Iterator[str]:
    """One line for each row that repeats the headings, so that a row alone still makes sense."""
    headings: list[str] = []
    row: list[str] = []
    for position, token in enumerate(tokens):
        if token.type in {"th_open", "td_open"}:
            cell = _CELL_BREAK.sub(" ", _inline(tokens[position + 1]))
            (headings if token.type == "th_open" else row).append(cell)
        elif token.type == "tr_close" and row:
            yield _row_line(headings, row)
            row = []


def _row_line(headings: Sequence[str], row: Sequence[str]) -> str:
    named = [
        f"{heading} {cell}".strip() for heading, cell in zip([*headings, *[""] * len(row)], row, strict=False) if cell
    ]
    return f"{named[0]}: {'; '.join(named[1:])}" if len(named) > 1 else "".join(named)
