"""What changed between two texts, line by line. Pure."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

# Comparing takes time with the product of the lengths; longer texts are shown one after the other.
MOST_LINES = 1_500
CONTEXT_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """``kind`` is "same", "added", "removed", or "gap" where equal lines are left out."""

    kind: str
    text: str = ""


def differences(before: str, after: str) -> list[Line]:
    """The changed lines with a little around them; empty where nothing changed."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return []
    if len(old) + len(new) > MOST_LINES:
        return [*(Line("removed", text) for text in old), *(Line("added", text) for text in new)]
    found: list[Line] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        if found or group[0][1] > 0:
            found.append(Line("gap"))
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                found += [Line("same", text) for text in old[start:end]]
            else:
                found += [Line("removed", text) for text in old[start:end]]
                found += [Line("added", text) for text in new[new_start:new_end]]
    return found
