"""An answer made of the passages' own sentences, fitted to the channel. Pure.

Nothing is rephrased: every figure, date, price and link in an answer stands in a passage it cites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ai_tier1.plain_words import words
from ai_tier1.quoting import Unit, units
from ai_tier1.sentences import sentences
from ai_tier1.sms_length import septets, to_gsm
from ai_tier1.voice_and_tone import Framing

# How close, of the best one's score, another sentence must come to be shown beside it.
_WORTH_SHOWING = 0.7
# The section that answers is the best one for 85 % of questions and among the best two for 96 %:
# further sections of the article follow where they scored nearly as well and there is room.
_FURTHER_SECTION = 0.8
_FACT = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\b[\w-]+\.[a-z]{2,}(?:/\S*)?|[£€$]?\d[\d.,:/-]*\d|[£€$]?\d")

Similarity = Callable[[str, Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that may be quoted. The best one is given first."""

    article_id: int
    slug: str
    title: str
    passage_id: int
    heading: str
    text: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer may look like on a channel. ``max_characters`` counts GSM characters where segmented."""

    max_characters: int = 600
    is_rich: bool = False
    is_letter: bool = False
    is_segmented: bool = False
    # At most this many sentences; 0 where characters alone decide.
    max_sentences: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """Where the words came from; ``number`` is the one shown in the text."""

    number: int
    article: int
    slug: str
    title: str
    passage: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent. ``is_complete``: the whole section is shown, and not a selection."""

    text: str
    citations: tuple[Citation, ...]
    is_complete: bool
    # The whole of an answer that is said in short; it may follow on a channel with room for it.
    full_text: str = ""


def answer(
    question: str,
    sources: Sequence[Source],
    form: Form,
    framing: Framing,
    *,
    similarity: Similarity | None = None,
) -> Answer | None:
    """The answer from the best source, or None where no part of it fits that may be shown alone.

    Whole sections of the best article where they fit, a mail holding up to three and a text message
    one; else the best sentences of the first. A list of steps is shown whole or not at all, and no
    sentence without those that limit it. ``similarity`` compares the question with sentences;
    without it words in common decide.
    """
    if not sources:
        return None
    chosen = list(_sections(sources, 1 if form.is_segmented else 3 if form.is_letter else 2))
    for count in range(len(chosen), 0, -1):
        text = "\n\n".join(_section_text(source, is_one_of_several=count > 1) for source in chosen[:count])
        if _fits(framing, text, form):
            return Answer(_framed(framing, text, form), _citations(chosen[:count]), is_complete=True)
    selection = _selection(question, chosen[0], form, framing, similarity or shared_words)
    if selection is None:
        return None
    return Answer(_framed(framing, selection, form), _citations(chosen[:1]), is_complete=False)


def shared_words(question: str, texts: Sequence[str]) -> list[float]:
    """For each text, the share of the question's longer words that it holds, by their first letters."""
    asked = {_stem(word) for word in words(question) if len(word) > 2}
    return [len(asked & {_stem(word) for word in words(text)}) / (len(asked) or 1) for text in texts]


def facts_are_verbatim(text: str, sources: Iterable[str]) -> bool:
    """Whether every figure, price, date, link and address in ``text`` stands in one of ``sources``."""
    known = "\n".join(sources)
    return all(fact.rstrip(".,:") in known for fact in _FACT.findall(text))


def _sections(sources: Sequence[Source], most: int) -> Iterable[Source]:
    best = sources[0]
    same = [source for source in sources if source.article_id == best.article_id]
    return takewhile(lambda source: source.score >= best.score * _FURTHER_SECTION, same[:most])


def _section_text(source: Source, *, is_one_of_several: bool) -> str:
    """A section as it is shown; one that opens with a list says first what the list is of."""
    is_bare_list = source.text.lstrip()[:2] in {"- ", "1."}
    if is_bare_list or (is_one_of_several and source.heading):
        return f"{_subject(source)}\n{source.text}"
    return source.text


def _subject(source: Source) -> str:
    """The nearest heading as a line of its own."""
    subject = source.heading.rsplit(" > ", 1)[-1] or source.title
    return subject if subject.endswith(("?", "!", ":")) else f"{subject}:"


def _selection(question: str, source: Source, form: Form, framing: Framing, similarity: Similarity) -> str | None:
    """The best units that fit together, in the order they stand; None if not even the best one fits."""
    parts = units(source.text)
    scores = similarity(question, [part.text for part in parts])
    ranked = sorted(
        (index for index, part in enumerate(parts) if not part.text.endswith(":")),
        key=lambda index: (-scores[index], index),
    )
    if not ranked or (form.max_sentences and parts[ranked[0]].is_row):
        # Read out alone, the wrong line of a table sounds like the answer.
        return None
    best = scores[ranked[0]]
    shown: set[int] = set()
    for index in ranked:
        if shown and scores[index] < best * _WORTH_SHOWING:
            break
        wider = shown | _closure(parts, index)
        if _fits(framing, _joined(parts, wider, source), form):
            shown = wider
        elif not shown:
            return None
    return _joined(parts, shown, source)


def _closure(parts: Sequence[Unit], index: int) -> set[int]:
    """A unit with all it needs, and all that those need."""
    found: set[int] = set()
    waiting = [index]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(parts[current].needs)
    return found


def _joined(parts: Sequence[Unit], indexes: set[int], source: Source) -> str:
    text = ""
    previous: Unit | None = None
    for index in sorted(indexes):
        part = parts[index]
        if previous is not None:
            is_flowing = part.paragraph == previous.paragraph and not (part.is_list or previous.is_list)
            is_row = is_flowing and ": " in part.text and ": " in previous.text
            text += "\n" if is_row or not is_flowing else " "
        elif part.is_list:
            text += f"{_subject(source)}\n"
        text += part.text
        previous = part
    return text


def _framed(framing: Framing, text: str, form: Form) -> str:
    whole = "\n\n".join(part for part in (framing.opening, text, framing.closing) if part)
    return to_gsm(whole.replace("\n\n", "\n")) if form.is_segmented else whole


def _fits(framing: Framing, text: str, form: Form) -> bool:
    if form.max_sentences and len(sentences(text)) > form.max_sentences:
        return False
    whole = _framed(framing, text, form)
    return (septets(whole) if form.is_segmented else len(whole)) <= form.max_characters


def _citations(sources: Sequence[Source]) -> tuple[Citation, ...]:
    return tuple(
        Citation(number, source.article_id, source.slug, source.title, source.passage_id)
        for number, source in enumerate(sources, 1)
    )


def _stem(word: str) -> str:
    return word[:5]
