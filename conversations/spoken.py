"""Written text made fit to be said aloud: no links, no marks, no lists, numbers as people read them out. Pure."""

from __future__ import annotations

import re

MAX_CHARACTERS = 1000
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\((?:https?://|mailto:|/)[^)\s]{0,500}\)")
_CITATION = re.compile(r"\s?\[\d{1,3}\]")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_MAIL = re.compile(r"\b([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
_HEADING = re.compile(r"^#{1,6}\s+")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_MARKS = re.compile(r"[*_`~|>#]+")
# A number that names something and counts nothing: digits alone, five or more of them.
_REFERENCE = re.compile(r"(?<![\d.,])\d{5,}(?![\d.,]*\d)")
_RANGE = re.compile(r"(?<=\d)\s?[–—-]\s?(?=\d)")
_WORDS = {
    "en": {"to": " to ", "at": " at ", "dot": " dot ", "and": " and "},
    "de": {"to": " bis ", "at": " ät ", "dot": " Punkt ", "and": " und "},
    "fr": {"to": " à ", "at": " arobase ", "dot": " point ", "and": " et "},
    "es": {"to": " a ", "at": " arroba ", "dot": " punto ", "and": " y "},
}


def speakable(text: str, language: str = "en") -> str:
    """The text as one flowing line of at most 1,000 characters. Said twice through here it stays the same."""
    words = _WORDS.get(language[:2].lower(), _WORDS["en"])
    text = _CITATION.sub("", _LINK.sub(r"\1", text[: 4 * MAX_CHARACTERS]))
    text = _MAIL.sub(lambda found: _spelled(found, words), _URL.sub("", text))
    lines = [_line(line) for line in text.splitlines()]
    flowing = " ".join(_ended(line) for line in lines if line)
    flowing = _RANGE.sub(words["to"], flowing.replace("&", words["and"]))
    flowing = _REFERENCE.sub(lambda found: " ".join(found.group()), flowing)
    flowing = re.sub(r"\(\s*\)", "", flowing)
    flowing = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(flowing.split()))
    return _shortened(flowing)


def _line(line: str) -> str:
    return _MARKS.sub(" ", _ITEM.sub("", _HEADING.sub("", line))).strip()


def _ended(line: str) -> str:
    """A line of a list or a heading becomes a sentence: the voice falls where the line ends."""
    return line if line[-1] in ".!?:;,…" else f"{line}."


def _spelled(found: re.Match[str], words: dict[str, str]) -> str:
    return found[1].replace(".", words["dot"]) + words["at"] + found[2].replace(".", words["dot"])


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS].rsplit(" ", 1)[0] + "…"
