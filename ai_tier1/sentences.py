"""Sentences of plain text. Pure, linear time."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…。！？][\"'”’)\]]{0,3}(?=\s)|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|[A-Za-z]\.[A-Za-z]|e\.g|i\.e|approx|incl|excl|etc|max|min|no|nr|st|mr|mrs|ms|dr|vs|bzw|ca|usw|z\.\s?b|d\.\s?h|sr|sra|av)\.$",
    re.IGNORECASE,
)
_NEXT_STARTS_ONE = re.compile(r"\s*[\"'“‘(¿¡\[]{0,3}[^\Wa-z_]")


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, each stripped; a line break also ends one."""
    return [sentence for line in text.splitlines() for sentence in _of_line(line.strip()) if sentence]


def _of_line(line: str) -> list[str]:
    found: list[str] = []
    start = 0
    for match in _END.finditer(line):
        before = line[max(start, match.start() - 12) : match.end()]
        if _ABBREVIATION.search(before) or not _NEXT_STARTS_ONE.match(line, match.end()):
            continue
        found.append(line[start : match.end()].strip())
        start = match.end()
    found.append(line[start:].strip())
    return found
