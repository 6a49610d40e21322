"""Rule 0 of threading: what is said to us and asks for nothing. Pure."""

from __future__ import annotations

import re

# What a mailbox held before it was connected.
HISTORY = "history"
# A longer text says more than thanks.
MAX_CHARACTERS = 60

# What carriers and Twilio take for a wish, English (and Canada's "arret") alone. The whole text must be the word.
_STOP = frozenset(["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke", "arret"])
_START = frozenset(["start", "unstop"])
_HELP = frozenset(["help", "info"])
# Re-opens only after a STOP; else it answers a question.
_YES = frozenset(["yes"])
_THANKS = re.compile(
    r"(?:(?:ok|okay|great|perfect|super|cool|nice|wonderful|fine|all good|got it|merci|danke|gracias|thank you|"
    r"thanks|thx|ty|"
    r"cheers|vielen dank|dankeschön|dankeschon|besten dank|muchas gracias|merci beaucoup|grazie|obrigad[oa]|perfekt|"
    r"alles klar|prima|bye|goodbye|tschüss|ciao|adios|au revoir|have a (?:nice|good|great) (?:day|evening|weekend)|"
    r"that (?:helped|helps|worked|works)|much appreciated|so much|very much|a lot|again|for (?:your|the) help|"
    r"und schönen tag|schönen tag|bis dann|you too)[\s,.!;:)❤👍🙏😊🙂🎉-]*)+\Z",
    re.IGNORECASE,
)
_CODE = re.compile(r"\d{3}[ -]?\d{3}\Z")
_ONLY_SYMBOLS = re.compile(r"[\s\W_]+\Z")


def consent_word(text: str) -> str:
    """ "stop", "start", "help" or "yes" where the whole text is such a keyword in any case; else "".

    White space around it and a full stop, comma or exclamation mark after it don't count: nobody who writes
    "Stop." wants more messages.
    """
    word = text.strip().rstrip(".!, ").lower()
    if word in _STOP:
        return "stop"
    if word in _START:
        return "start"
    if word in _HELP:
        return "help"
    return "yes" if word in _YES else ""


def is_code(text: str) -> bool:
    """Whether the whole text is a six-digit code."""
    return _CODE.match(text.strip()) is not None


def is_thanks(text: str) -> bool:
    """Whether the text is nothing but thanks, a goodbye or a reaction."""
    text = text.strip()
    if not text or len(text) > MAX_CHARACTERS:
        return False
    if _ONLY_SYMBOLS.match(text):
        return "?" not in text
    return _THANKS.match(text) is not None
