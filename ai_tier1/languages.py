"""Which language a text is in, and how PostgreSQL searches it."""

from __future__ import annotations

import re

# Language code to PostgreSQL text search configuration; others are searched without stemming.
_SEARCH_CONFIGURATIONS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# The languages told apart. Rare ones are left out: a typo makes English look like Welsh.
_CODES = """
    ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv
    nl no pl pt ro ru sk sl sr sv th tr uk ur vi zh
"""
_TOLD_APART = frozenset(_CODES.split())
# Below three words the identification is right for only three texts in four.
_FEWEST_WORDS = 3
# Longer texts say nothing more, and a pasted log must not cost a second.
_LONGEST_SAMPLE = 600
_UNTELLING = re.compile(r"https?://\S{1,500}|\S{1,100}@\S{1,200}|[\w-]*\d[\w-]*")
_LETTERS = re.compile(r"[^\W\d_]+")
# Margin, in py3langid's log-probability, by which another language must beat the expected one.
_MARGIN_SHORT, _MARGIN_LONG, _LONG_WORDS = 12.0, 4.0, 8


def search_configuration(language: str) -> str:
    """The name of PostgreSQL's configuration for a language code such as ``en`` or ``de-AT``."""
    return _SEARCH_CONFIGURATIONS.get(base_language(language), "simple")


def base_language(language: str) -> str:
    """``de`` for ``de-AT`` and ``DE_at``."""
    return re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]


def detect(text: str, expected: str) -> str:
    """The language of ``text`` as a two-letter code; ``expected`` where the text can't tell.

    ``expected`` is the conversation's language. A short text must speak clearly against it:
    "Zelt TR4402?" or a name alone decides nothing.
    """
    words = _LETTERS.findall(_UNTELLING.sub(" ", text[:_LONGEST_SAMPLE]))
    if len(words) < _FEWEST_WORDS and not _is_other_script(words):
        return expected
    import py3langid

    ranked = [pair for pair in py3langid.rank(" ".join(words).lower()) if pair[0] in _TOLD_APART]
    best, best_score = str(ranked[0][0]), float(ranked[0][1])
    expected_score = next((float(score) for code, score in ranked if code == base_language(expected)), None)
    if expected_score is None:
        return best
    margin = _MARGIN_LONG if len(words) >= _LONG_WORDS else _MARGIN_SHORT
    return best if best_score - expected_score > margin else expected


def _is_other_script(words: list[str]) -> bool:
    """Whether the words are written in letters beyond Latin, so that even one of them tells."""
    return any(ord(letter) > 0x36F for word in words for letter in word)
