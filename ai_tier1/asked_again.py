"""Whether a question was asked before. An answer that did not help is not sent twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ai_tier1.plain_words import words

_SAME_COSINE = 0.82
_SAME_WORDS = 0.6
# Words that say nothing about the subject, in the languages that ship.
_SAID_ANYWHERE = """
    a an the i you we he she it they me my your our is are was were be been do does did have has had can could will
    would may should of to in on at for from with and or but so if then than that this these those what when where
    which who why how please hi hello hey dear thanks thank just still again ok yes no not there any about get got
    ich du sie wir er es mein meine ihr ist sind war hat haben kann können der die das ein eine und oder zu auf mit für
    von wie was wann wo bitte hallo
    je tu il elle nous vous mon ma mes votre est sont le la les un une des et ou à de en sur avec pour comment quand où
    bonjour yo tú él ella mi su son el los las una y o con para cómo cuándo dónde qué hola por favor
"""
_EMPTY_WORDS = frozenset(_SAID_ANYWHERE.split())
_FEWEST_WORDS = 2


def asked_before(
    question: str,
    answered: Sequence[str],
    *,
    vector: Sequence[float] | None = None,
    answered_vectors: Sequence[Sequence[float]] = (),
) -> int | None:
    """The index of the latest of ``answered`` that is the same question, or None.

    With vectors of length one their cosine decides too; words in common always count, since a
    question sent twice word for word on two channels is surely the same.
    """
    for index in range(len(answered) - 1, -1, -1):
        if shared_subject(question, answered[index]) >= _SAME_WORDS:
            return index
        if vector is not None and index < len(answered_vectors):
            cosine = sum(a * b for a, b in zip(vector, answered_vectors[index], strict=True))
            if cosine >= _SAME_COSINE:
                return index
    return None


def shared_subject(one: str, other: str) -> float:
    """The share, 0 to 1, of subject words that two questions have in common (Jaccard, by word beginnings)."""
    first, second = _subject_words(one), _subject_words(other)
    if min(len(first), len(second)) < _FEWEST_WORDS:
        return float(bool(first) and first == second)
    return len(first & second) / len(first | second)


def _subject_words(text: str) -> frozenset[str]:
    return frozenset(word[:6] for word in words(text) if word not in _EMPTY_WORDS)
