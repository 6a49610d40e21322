"""Mail servers' codes (RFC 3463, RFC 5248) in words an agent understands, and what they say of the address."""

from __future__ import annotations

import re
from dataclasses import dataclass

# As customers.models.IdentityHealth has them.
DEAD, DOUBTFUL, UNTOLD = "dead", "doubtful", ""
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")


@dataclass(frozen=True, slots=True)
class BounceMeaning:
    """A code in a sentence. ``address_health`` says whether anything will arrive there later."""

    text: str
    address_health: str = DOUBTFUL


def explain(status: str, said: str = "") -> BounceMeaning:
    """The meaning of an enhanced status code ("5.1.1"); of an unknown one what the server ``said``.

    A temporary code in a final report ("4.4.7") means that the sending server gave up: the address may be fine.
    """
    kind, _, detail = status.partition(".")
    known = _MEANINGS.get(detail) if kind in ("4", "5") else None
    if known is None:
        words = " ".join(said.split())[:300].rstrip(".")
        subject = detail.partition(".")[0]
        text = (
            f"{_SUBJECTS.get(subject, _UNKNOWN).rstrip('.')}: {words}." if words else _SUBJECTS.get(subject, _UNKNOWN)
        )
        return BounceMeaning(text)
    if kind == "4" and known.address_health == DEAD:
        return BounceMeaning(known.text, DOUBTFUL)
    return known


def status_in(text: str) -> str:
    """The enhanced status code in what a server said; empty where it has none."""
    found = _STATUS.search(text[:500])
    return found.group(1) if found else ""


_UNKNOWN = "The mail came back."
_SUBJECTS = {
    "1": "Something is wrong with the address.",
    "2": "Something is wrong with the mailbox.",
    "3": "The recipient's mail system could not take the mail.",
    "4": "The mail could not find its way to the recipient's server.",
    "5": "The mail servers did not understand each other.",
    "6": "The recipient's server can't read this kind of mail.",
    "7": "The recipient's mail server refuses mail from us.",
}
_NO_MAILBOX = BounceMeaning("The mailbox does not exist.", DEAD)
_NO_DOMAIN = BounceMeaning("The address's domain does not exist or takes no mail.", DEAD)
_REFUSED = "The recipient's mail server refuses mail from us"
_MEANINGS = {
    "1.1": _NO_MAILBOX,
    "1.2": _NO_DOMAIN,
    "1.3": BounceMeaning("This is not a valid mail address.", DEAD),
    "1.4": BounceMeaning("The address means more than one mailbox."),
    "1.6": BounceMeaning("The mailbox has moved and left no new address.", DEAD),
    "1.7": BounceMeaning("The recipient's server does not accept the address we write from.", UNTOLD),
    "1.8": BounceMeaning("The recipient's server does not know the domain we write from.", UNTOLD),
    "1.10": _NO_DOMAIN,
    "2.0": BounceMeaning("Something is wrong with the mailbox."),
    "2.1": BounceMeaning("The mailbox is switched off and takes no mail.", DEAD),
    "2.2": BounceMeaning("The mailbox is full."),
    "2.3": BounceMeaning("The mail is too large for this mailbox.", UNTOLD),
    "2.4": BounceMeaning("The mailing list behind this address does not work."),
    "3.1": BounceMeaning("The recipient's mail system is full."),
    "3.2": BounceMeaning("The recipient's mail system takes no mail for the moment."),
    "3.4": BounceMeaning("The mail is too large for the recipient's mail system.", UNTOLD),
    "4.1": BounceMeaning("The recipient's mail server does not answer."),
    "4.4": BounceMeaning("The way to the recipient's mail server is not known."),
    "4.6": BounceMeaning("The recipient's mail servers send the mail in a circle."),
    "4.7": BounceMeaning("The recipient's mail server could not be reached for days; the mail was given up."),
    "6.0": BounceMeaning("The recipient's server can't read this kind of mail.", UNTOLD),
    "7.0": BounceMeaning(f"{_REFUSED}.", UNTOLD),
    "7.1": BounceMeaning(f"{_REFUSED}: by a rule of its own, or because it takes us for spam.", UNTOLD),
    "7.13": BounceMeaning("The account behind this address was closed.", DEAD),
    "7.17": BounceMeaning("The mailbox belongs to somebody else now.", DEAD),
    "7.20": BounceMeaning(f"{_REFUSED}: our signature (DKIM) is missing. Tell an admin.", UNTOLD),
    "7.23": BounceMeaning(
        f"{_REFUSED}: our server is not allowed to send for our domain (SPF). Tell an admin.", UNTOLD
    ),
    "7.25": BounceMeaning(f"{_REFUSED}: our server has no name (reverse DNS). Tell an admin.", UNTOLD),
    "7.26": BounceMeaning(f"{_REFUSED}: neither SPF nor DKIM vouches for our mail. Tell an admin.", UNTOLD),
    "7.27": BounceMeaning(f"{_REFUSED}: our domain says that it takes no mail. Tell an admin.", UNTOLD),
    "7.28": BounceMeaning("Too much mail came from us at once.", UNTOLD),
}
