"""Who writes by WhatsApp: a number, a business-scoped id (BSUID), or both. Pure.

Since April 2026 people with a user name can hide their number; the BSUID is always there ("US.13491208655302741918").
"""

from __future__ import annotations

import re

from channels_ingest.adapters.incoming import Sender
from conversations.not_work import consent_word
from customers.addresses import normalise_phone
from customers.assurance import Assurance

# Two letters of a country, "ENT" where it spans portfolios, and up to 128 letters and digits.
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"\+?\d{5,20}")


def is_user_id(address: str) -> bool:
    """Whether an address is a business-scoped id. No number can be read from one."""
    return _USER_ID.fullmatch(address) is not None


def read_people(number: str, user_id: str, name: str) -> tuple[Sender | None, tuple[Sender, ...]]:
    """The sender, and the account beside its number where both were shown; (None, ()) where neither can be read.

    WhatsApp itself vouches for both.
    """
    name = name.strip()[:200]
    found = []
    seen = "+" + number.strip().removeprefix("+")
    normal = normalise_phone(seen) if _NUMBER.fullmatch(number.strip()) else None
    if normal:
        found.append(Sender("phone", normal, seen, Assurance.CHANNEL, name))
    if is_user_id(user_id):
        found.append(Sender("whatsapp_user", user_id, user_id, Assurance.CHANNEL, name))
    return (found[0], tuple(found[1:])) if found else (None, ())


# A person who writes "cancel" or "end" by WhatsApp, where no carrier listens, wants something.
_KEYWORDS = frozenset({"stop", "stopall", "unsubscribe", "optout", "revoke", "arret", "start", "unstop", "help"})


def opt_out_of(text: str) -> str:
    """ "stop", "start" or "help". No carrier knows these words here: we honour them ourselves."""
    word = consent_word(text)
    return word if text.strip().rstrip(".!, ").lower() in _KEYWORDS else ""


def place(latitude: str, longitude: str, *, name: str = "", address: str = "") -> str:
    """A place in words."""
    where = ", ".join(part for part in (name, address) if part)
    point = f"{latitude}, {longitude}" if latitude and longitude else ""
    return "Location: " + (f"{where} ({point})" if where and point else where or point or "unknown")
