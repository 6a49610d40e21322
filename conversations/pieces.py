"""A message with several files, on a channel whose provider takes one file a message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.file_rules import FileRules


@dataclass(frozen=True, slots=True)
class Piece:
    """What leaves by itself: the words, a file, or a file with the words under it."""

    file: int | None = None
    has_words: bool = False


def split(text: str, files: Sequence[tuple[int, str]], rules: FileRules | None) -> list[Piece]:
    """The pieces in their order, of files as (id, type); none where the message leaves in one."""
    if rules is None or not rules.is_one_by_one or not files:
        return []
    first, content_type = files[0]
    kind = rules.kind_of(content_type)
    is_under = bool(text and kind and kind.takes_words and len(text) <= rules.words_characters)
    if len(files) == 1 and (is_under or not text):
        return []
    begins = Piece(first, has_words=True) if is_under else Piece(has_words=True)
    rest = files[1:] if is_under else files
    return [*([begins] if text else []), *(Piece(one) for one, _ in rest)]
