"""What is new in a mail, and what only repeats earlier ones.

Nothing is ever lost: the two results together are the whole input, cut at one place. Where the new
text would be empty, or the answers stand between the quotes, everything before the last quote counts as new.
"""

from __future__ import annotations

import re

from channels_ingest.adapters.email.attributions import (
    MARKER,
    MAX_ATTRIBUTION_LINES,
    MAX_LINE_LENGTH,
    begins_attribution,
    carries_evidence,
    is_attribution,
    is_forward_separator,
    is_header_block,
    is_header_field,
    is_original_message,
)
from channels_ingest.adapters.email.phrases import COLONS

_MAX_SIGNATURE_LINES = 15
_MAX_LINES = 20_000
_RULE = re.compile(r"\s{0,3}[_-]{20,200}\s*$")
_LOOK_AHEAD = 8


def separate_text(text: str) -> tuple[str, str]:
    """The new text and the quoted text of a plain body. Forwards are the caller's to recognise by subject."""
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        return text, ""
    cut = _cut(lines)
    new = "\n".join(lines[:cut]).rstrip()
    if cut >= len(lines) or not new.strip():
        return text.strip("\n"), ""
    return new.strip("\n"), "\n".join(lines[cut:]).strip("\n")


def _cut(lines: list[str]) -> int:
    """The index of the first line of the quoted end; the number of lines where nothing is quoted."""
    for index, line in enumerate(lines):
        if is_forward_separator(line):
            return len(lines)
        start = _separator(lines, index)
        if start is None:
            continue
        first = _with_attribution(lines, _with_rule(lines, index))
        if not _quote_follows(lines, start):
            return first
        # A program that marks quotes: what isn't marked below may be an answer.
        trailing = _trailing_quote(lines)
        return first if all(_is_between(line) for line in lines[start:trailing]) else trailing
    return _trailing_quote(lines)


def _separator(lines: list[str], index: int) -> int | None:
    """The first line after a separator that begins here, or None where none does."""
    line = lines[index]
    if _is_quoted(line) or not line.strip():
        return None
    if MARKER in line or is_original_message(line) or is_header_block(lines[index : index + _LOOK_AHEAD]):
        return index + 1
    length = _attribution_length(lines, index)
    if length and (carries_evidence(" ".join(lines[index : index + length])) or _quote_follows(lines, index + length)):
        return index + length
    return None


def _is_between(line: str) -> bool:
    return not line.strip() or is_header_field(line)


def _attribution_length(lines: list[str], index: int) -> int:
    """How many lines an attribution that begins here takes; 0 where none does."""
    joined = ""
    for count in range(1, MAX_ATTRIBUTION_LINES + 1):
        line = lines[index + count - 1] if index + count <= len(lines) else ""
        if not line.strip() or _is_quoted(line) or len(joined) + len(line) > MAX_LINE_LENGTH:
            return 0
        joined = f"{joined} {line.strip()}"
        if line.rstrip("*_ \u00a0").endswith(tuple(COLONS)):
            return count if _is_whole_attribution(lines[index : index + count], joined) else 0
    return 0


def _is_whole_attribution(lines: list[str], joined: str) -> bool:
    """An attribution, and not a line of the writer's own above one."""
    if len(lines) == 1 or not is_attribution(joined):
        return is_attribution(joined)
    shorter = (lines[later:] for later in range(1, len(lines)))
    begins_later = any(begins_attribution(rest[0]) and is_attribution(" ".join(rest)) for rest in shorter)
    return (begins_attribution(lines[0]) or lines[0].strip()[:1].isdigit()) and not begins_later


def _quote_follows(lines: list[str], index: int) -> bool:
    """Whether the first line below, header fields and blank ones aside, is marked as a quote."""
    near = lines[index : index + 2 * _LOOK_AHEAD]
    return _is_quoted(next((line for line in near if line.strip() and not is_header_field(line)), ""))


def _trailing_quote(lines: list[str]) -> int:
    """Where the block of ``>`` lines that ends the mail begins, its attribution and a signature after it included."""
    end = _without_signature(lines)
    start = end
    while start > 0 and (_is_quoted(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    if not any(_is_quoted(line) for line in lines[start:end]):
        return len(lines)
    return _with_attribution(lines, start)


def _without_signature(lines: list[str]) -> int:
    """The number of lines before a signature that stands below a quote; all of them where there is none."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _MAX_SIGNATURE_LINES), -1):
        if lines[index].rstrip() == "--":
            above = next((line for line in reversed(lines[:index]) if line.strip()), "")
            return index if _is_quoted(above) else len(lines)
    return len(lines)


def _with_attribution(lines: list[str], start: int) -> int:
    last = start
    while last > 0 and not lines[last - 1].strip():
        last -= 1
    for count in range(1, MAX_ATTRIBUTION_LINES + 1):
        if last - count >= 0 and _attribution_length(lines, last - count) == count:
            start = last - count
    return start


def _with_rule(lines: list[str], index: int) -> int:
    """Outlook draws a line above its header block."""
    above = index - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above][:250]) else index


def _is_quoted(line: str) -> bool:
    return line.startswith((">", "|>", " >", "&gt;"))
