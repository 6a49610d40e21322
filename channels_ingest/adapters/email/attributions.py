"""The lines that mail programs put above a quoted mail, in the languages they speak."""

from __future__ import annotations

import re

from channels_ingest.adapters.email import phrases
from channels_ingest.adapters.email.phrases import COLONS

# Our own mails carry this line; what an answer holds below it is our mail coming back.
MARKER = "##- Please type your reply above this line -##"

MAX_LINE_LENGTH = 500
MAX_ATTRIBUTION_LINES = 4

# Both ends of an attribution are looked at separately, so that no pattern searches a long line twice.
_BEGINS = re.compile(rf"(?:{phrases.ATTRIBUTION_BEGINNINGS})\b", re.IGNORECASE)
_ENDS = re.compile(rf"(?:{phrases.ATTRIBUTION_VERBS})\s?[{COLONS}]$", re.IGNORECASE)
_VERB_WITHIN_CHARACTERS = 140
# Gmail in Japanese, Chinese and some others names only date and sender.
_DATE_AND_ADDRESS = re.compile(rf"\d{{4}}.{{1,80}}<[^<>\s]{{1,120}}@[^<>\s]{{1,120}}>.{{0,20}}[{COLONS}]$")
_NAMES_A_DATE = re.compile(r"@|\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}")
_NAMES_A_TIME = re.compile(r"@|\d{1,2}[:h]\d{2}")

_ORIGINAL_MESSAGE = re.compile(
    rf"[-_*\s]{{2,40}}(?:{phrases.ORIGINAL_MESSAGES})[-_*\s{COLONS}]{{0,40}}$", re.IGNORECASE
)
_FORWARDED = re.compile(
    rf"(?:[-_*\s]{{2,40}}(?:{phrases.FORWARDED_MESSAGES})|{phrases.FORWARDS_BEGIN})[-_*\s{COLONS}]{{0,40}}$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(
    rf"\s{{0,5}}(?:{phrases.FORWARD_PREFIXES})\s?(?:\[\d{{1,3}}\])?\s?[{COLONS}]", re.IGNORECASE
)
_SENDER_FIELD = re.compile(rf"[*\s]{{0,4}}(?:{phrases.SENDER_LABELS})\s?\*{{0,2}}\s?[{COLONS}]\s?\S", re.IGNORECASE)
_OTHER_FIELD = re.compile(rf"[*\s]{{0,4}}(?:{phrases.OTHER_LABELS})\s?\*{{0,2}}\s?[{COLONS}]", re.IGNORECASE)
_HEADER_BLOCK_LINES = 8


def is_attribution(line: str) -> bool:
    """Whether this one line (wrapped ones joined) introduces a quote, in form."""
    text = line.strip().strip("*_ \u00a0")
    if not 5 < len(text) <= MAX_LINE_LENGTH or text[-1] not in COLONS:
        return False
    if _DATE_AND_ADDRESS.search(text):
        return True
    # Verbs stand near the end; looking there only keeps this linear.
    has_verb = bool(_ENDS.search(text[-_VERB_WITHIN_CHARACTERS:]))
    return has_verb and bool(begins_attribution(text) or _NAMES_A_DATE.search(text))


def begins_attribution(line: str) -> bool:
    """Whether a line begins as attributions do, in form; the rest may follow on the next lines."""
    return bool(_BEGINS.match(line.strip(" *_\u00a0-")))


def carries_evidence(line: str) -> bool:
    """Whether an attribution names a time or an address, as programs do and people don't."""
    return bool(_NAMES_A_TIME.search(line[:MAX_LINE_LENGTH]))


def is_original_message(line: str) -> bool:
    """Outlook's ``-----Original Message-----`` and its translations."""
    return len(line) <= 200 and bool(_ORIGINAL_MESSAGE.match(line))


def is_forward_separator(line: str) -> bool:
    """``---------- Forwarded message ---------`` and its translations: what follows is what the mail is about."""
    return len(line) <= 200 and bool(_FORWARDED.match(line.strip("> ")))


def is_forward_subject(subject: str) -> bool:
    """Whether the subject's first prefix says that the mail was passed on."""
    return bool(_FORWARD_SUBJECT.match(subject[:40]))


def is_header_field(line: str) -> bool:
    """Whether this may be one line of such a block."""
    return bool(_OTHER_FIELD.match(line[:60]) or _SENDER_FIELD.match(line[:60]))


def is_header_block(lines: list[str]) -> bool:
    """Whether these lines begin with From/Sent/To/Subject as mail programs write them: a sender and two others."""
    if not lines or not _SENDER_FIELD.match(lines[0][:MAX_LINE_LENGTH]):
        return False
    others = sum(1 for line in lines[1:_HEADER_BLOCK_LINES] if _OTHER_FIELD.match(line[:60]))
    return others >= 2
