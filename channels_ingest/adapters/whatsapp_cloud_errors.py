"""Meta's error codes in words an agent understands, and what follows from each.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    """What a code says. At most one of the first flags is true; none means that this message can't be delivered."""

    text: str
    is_retryable: bool = False  # the same message may go through later
    is_opt_out: bool = False  # the person doesn't want messages from us any more ...
    is_configuration: bool = False  # nothing goes through until an admin mends it
    only_marketing: bool = False  # ... or no advertisements
    wants_template: bool = False  # a template, or another one, may go through
    # What it says about the person's address: "dead" (nothing ever arrives there), "doubtful", or nothing.
    address_health: str = ""


def explain(code: str, message: str = "") -> ErrorMeaning:
    """The meaning of a code; an unknown one keeps Meta's own ``message``."""
    known = _MEANINGS.get(code)
    if known:
        return known
    if code.isascii() and code.isdigit() and 200 <= int(code) <= 299:
        return _setup(_NO_PERMISSION)
    words = " ".join(message.split())[:300].rstrip(".")
    reason = f": {words}" if words else ""
    return ErrorMeaning(f"WhatsApp refused the message (error {code or 'unknown'}){reason}.")


def _gone(text: str) -> ErrorMeaning:
    return ErrorMeaning(text)


def _dead(text: str) -> ErrorMeaning:
    return ErrorMeaning(text, address_health="dead")


def _template(text: str) -> ErrorMeaning:
    return ErrorMeaning(text, wants_template=True)


def _later(text: str) -> ErrorMeaning:
    return ErrorMeaning(text, is_retryable=True)


def _setup(text: str) -> ErrorMeaning:
    return ErrorMeaning(text, is_configuration=True)


_NO_PERMISSION = "The access token may not send for this number. Give its system user the WhatsApp permissions."
_MEANINGS = {
    # The app and its account
    "0": _setup("Meta does not accept the access token. Make a new one for the system user."),
    "3": _setup(_NO_PERMISSION),
    "10": _setup(_NO_PERMISSION),
    "33": _setup("Meta knows no such phone number id. Copy it anew from the WhatsApp manager."),
    "190": _setup("The access token has expired or was withdrawn. Make a new one for the system user."),
    "368": _setup("Meta has blocked the business account for breaking its rules. See the account's quality page."),
    "131005": _setup(_NO_PERMISSION),
    "131031": _setup("Meta has locked the WhatsApp business account. See why in the business manager."),
    "131042": _setup("Meta has no valid means of payment for the account. Mend it in the business manager."),
    "131045": _setup("The number is not registered for sending. Register it in the WhatsApp manager."),
    "133010": _setup("The number is not registered for sending. Register it in the WhatsApp manager."),
    # Not now
    "1": _later("Meta has a fault of its own."),
    "2": _later("WhatsApp is not available for the moment."),
    "4": _later("Meta asks us to slow down."),
    "80007": _later("The business account sends more than Meta allows for the moment."),
    "130429": _later("Meta asks us to slow down."),
    "131000": _later("WhatsApp has a fault of its own."),
    "131016": _later("WhatsApp is not available for the moment."),
    "131056": _later("Too many messages to this person in a short time."),
    "131057": _later("The business account is under maintenance."),
    "133004": _later("WhatsApp is not available for the moment."),
    "135000": _later("WhatsApp has a fault of its own."),
    # The person
    "130472": _gone("WhatsApp chose not to deliver this marketing message."),
    "130497": _gone("The business account may not write to people in this country."),
    "131021": _gone("This is our own number."),
    "131026": _dead(
        "WhatsApp can't deliver to this address: it is not on WhatsApp, uses an old version, or has blocked us."
    ),
    "131047": _template(
        "The 24 hours since the person's last message are over: only an approved template may be sent."
    ),
    "131048": _gone("WhatsApp holds our messages back: too many people have reported us for spam."),
    "131049": _gone("WhatsApp limits what this person gets from businesses just now. Don't try again at once."),
    "131050": ErrorMeaning("The person has stopped marketing messages from us.", is_opt_out=True, only_marketing=True),
    "131062": _gone("This kind of message can only go to a telephone number."),
    # The message
    "131008": _gone("WhatsApp misses something in the message."),
    "131009": _gone("WhatsApp does not accept something in the message."),
    "131051": _gone("WhatsApp does not carry this kind of message."),
    "131052": _gone("WhatsApp could not fetch the file."),
    "131053": _gone("WhatsApp does not accept the file: wrong type or too large."),
    "132000": _template("The template wants another number of values."),
    "132001": _template("There is no such template in this language."),
    "132005": _template("The template's text is too long with these values."),
    "132007": _template("The template breaks one of WhatsApp's rules."),
    "132012": _template("The template's values are of the wrong kind."),
    "132015": _template("WhatsApp has paused the template for its poor quality."),
    "132016": _template("WhatsApp has disabled the template for its poor quality."),
}
