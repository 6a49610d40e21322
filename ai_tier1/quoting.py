"""A passage as units that may be shown alone, each knowing which others must come with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ai_tier1.sentences import sentences

# A sentence that takes back or narrows the one before it.
_LIMITS = re.compile(
    r"\b(?:except|only|unless|until|however|but|otherwise|excluded|excluding|apart from|provided|not covered|"
    r"not included|"
    r"does not|do not|are not|is not|can't|cannot|never|less|exception|"
    r"außer|nur|sofern|bis|jedoch|aber|sonst|ausgenommen|nicht|nie|kein\w*|"
    r"sauf|seulement|uniquement|jusqu'\w*|mais|cependant|excepté|exclus?|sinon|"
    r"excepto|salvo|solo|sólo|hasta|pero|menos que|excluid\w+|si no)\b",
    re.IGNORECASE,
)
# A sentence that says nothing without the one before it.
_LEANS = re.compile(
    r"^(?:it|they|this|that|these|those|there|then|after that|later|otherwise|both|each|both of|the same|else|also|so|"
    r"er|sie|es|dies\w*|das|dort|dann|danach|sonst|auch|"
    r"il|elle|ils|elles|cela|ceci|ensuite|sinon|après|"
    r"esto|eso|ellos|después|entonces|luego|si no|también)\b",
    re.IGNORECASE,
)
_STEP = re.compile(r"^(?:\d{1,3}\.|-)\s")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, a whole list, or a table row; ``needs`` are the indexes of units shown with it."""

    text: str
    paragraph: int
    needs: frozenset[int]
    is_list: bool = False
    # One line of a table, which says little without the others.
    is_row: bool = False


def units(passage: str) -> list[Unit]:
    """The units of a passage in order. A list is one unit: no step is ever left out."""
    pieces: list[tuple[str, int, bool]] = []
    for number, paragraph in enumerate(passage.split("\n\n")):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        if lines and all(_STEP.match(line.lstrip()) or line.startswith("  ") for line in lines):
            pieces.append(("\n".join(lines), number, True))
        elif len(lines) > 1:
            pieces.extend((line, number, False) for line in lines)
        else:
            pieces.extend((sentence, number, False) for sentence in sentences(paragraph))
    return [
        Unit(text, paragraph, frozenset(_needed(pieces, index)), is_list, _is_row(pieces, index))
        for index, (text, paragraph, is_list) in enumerate(pieces)
    ]


def _needed(pieces: Sequence[tuple[str, int, bool]], index: int) -> set[int]:
    """What has to be shown with a unit: what it leans on, and whatever limits it."""
    needed = {index}
    start = index
    while start > 0 and _leans(pieces, start):
        start -= 1
        needed.add(start)
    return needed | (_limits_of_row(pieces, index) if _is_row(pieces, index) else _limits_after(pieces, index))


def _limits_after(pieces: Sequence[tuple[str, int, bool]], index: int) -> set[int]:
    """The unbroken run of limiting sentences after a unit, in its paragraph or at the start of the next."""
    following = index + 1
    while following < len(pieces) and _is_limit(pieces, index, following):
        following += 1
    return set(range(index + 1, following))


def _limits_of_row(pieces: Sequence[tuple[str, int, bool]], index: int) -> set[int]:
    """Every limiting sentence of the paragraph after the table: each may be about this row."""
    return {
        following
        for following in range(index + 1, len(pieces))
        if pieces[following][1] == pieces[index][1] + 1 and _is_limit(pieces, index, following)
    }


def _is_limit(pieces: Sequence[tuple[str, int, bool]], index: int, following: int) -> bool:
    text, paragraph, is_list = pieces[following]
    return not is_list and paragraph - pieces[index][1] <= 1 and bool(_LIMITS.search(text))


def _leans(pieces: Sequence[tuple[str, int, bool]], index: int) -> bool:
    text, paragraph, is_list = pieces[index]
    before_text, before_paragraph, _ = pieces[index - 1]
    if is_list:
        return before_text.endswith(":")
    return paragraph == before_paragraph and not _is_row(pieces, index) and bool(_LEANS.match(text))


def _is_row(pieces: Sequence[tuple[str, int, bool]], index: int) -> bool:
    """Whether the unit is a line of a table: one of several in its paragraph that name their columns."""
    text, paragraph, is_list = pieces[index]
    same = [piece for piece in pieces if piece[1] == paragraph]
    return not is_list and len(same) > 1 and ": " in text and all(": " in piece[0] for piece in same)
