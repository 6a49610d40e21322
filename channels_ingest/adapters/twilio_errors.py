"""Twilio's error codes in words an agent understands, and what follows from each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    """What a code says. At most one of the first flags is true; none means that this message can't be delivered."""

    text: str
    is_retryable: bool = False  # the same message may go through later
    is_opt_out: bool = False  # the person doesn't want messages from this number any more
    is_configuration: bool = False  # nothing goes through until an admin mends it
    only_marketing: bool = False  # ... or no advertisements
    wants_template: bool = False  # a template, or another one, may go through
    # What it says about the person's address: "dead" (nothing ever arrives there), "doubtful", or nothing.
    address_health: str = ""


def explain(code: str, message: str = "") -> ErrorMeaning:
    """The meaning of a code; an unknown one keeps the provider's own ``message``."""
    known = _MEANINGS.get(code.strip())
    if known:
        return known
    words = " ".join(message.split())[:300].rstrip(".")
    reason = f": {words}" if words else ""
    return ErrorMeaning(f"Twilio refused the message (error {code or 'unknown'}){reason}.")


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


_MEANINGS = {
    # The account
    "20003": _setup("Twilio does not accept the account SID and auth token. Copy both anew from the Twilio console."),
    "20005": _setup("The Twilio account is suspended. Log in to the Twilio console to see why."),
    "20006": _setup("The Twilio account may not do this. Check its permissions in the Twilio console."),
    "20404": _setup("Twilio knows no such account. Check the account SID."),
    "20429": _later("Twilio asks us to slow down."),
    "20500": _later("Twilio has a fault of its own."),
    "20503": _later("Twilio is not available for the moment."),
    "21608": _gone("A trial account can only write to verified numbers. Upgrade the Twilio account."),
    "30002": _setup("The Twilio account was suspended before the message left."),
    "63038": _later("The Twilio account has sent as many messages as it may in one day."),
    # Our number
    "21212": _setup("The number we send from is not a valid one. Check the channel's number."),
    "21603": _setup("No number to send from is set. Check the channel's number."),
    "21606": _setup("The number we send from can't send text messages or isn't on this Twilio account."),
    "21611": _later("Too many messages are waiting on our number."),
    "21659": _setup("The number we send from isn't a number of this Twilio account."),
    "21660": _setup("The number we send from belongs to another Twilio account."),
    "21701": _setup("Twilio knows no such Messaging Service. Check its SID."),
    "21703": _setup("The Messaging Service has no numbers. Add one in the Twilio console."),
    "21704": _gone("The Messaging Service has no number that can reach this country."),
    "21712": _setup("The number we send from is not in the Messaging Service."),
    "30024": _gone("The number we send from isn't set up for this country yet."),
    "30032": _setup("The toll-free number isn't verified yet. Verify it in the Twilio console."),
    "30034": _setup("The number isn't registered for business texting in the US (A2P 10DLC). Register it at Twilio."),
    # The person's number
    "21211": _dead("This is not a valid phone number."),
    "21214": _dead("This phone number can't be reached."),
    "21265": _dead("A short code can't be written to."),
    "21610": ErrorMeaning("The person has stopped messages from us (STOP).", is_opt_out=True),
    "21612": _gone("No text can go from our number to this one. Another channel may reach the person."),
    "21614": _dead("This number can't receive text messages: it is not a mobile number."),
    "30003": ErrorMeaning("The phone is switched off or out of reach.", is_retryable=True, address_health="doubtful"),
    "30004": ErrorMeaning("The person or the network blocks messages from our number.", address_health="doubtful"),
    "30005": _dead("This number doesn't exist or is no longer in service."),
    "30006": _dead("This is a landline or its network can't be reached; it takes no text messages."),
    "63001": _setup("WhatsApp does not accept the sender. Check it under Messaging, Senders in the Twilio console."),
    "63003": _dead("This address can't be reached on this channel."),
    "63024": _dead("This number isn't on WhatsApp."),
    # The message
    "21602": _gone("The message is empty."),
    "21604": _gone("The message has no recipient."),
    "21617": _gone("The message is longer than 1,600 characters."),
    "21619": _gone("The message is empty."),
    "21620": _gone("The file's address is not valid."),
    "11200": _gone("Twilio could not fetch the file from us: our public address must be reachable from the internet."),
    "11751": _gone("The files are larger than the phone network takes."),
    "12300": _gone("Twilio does not take this type of file."),
    "21623": _gone("There are more files than one message can carry."),
    "21655": _template("The message template doesn't exist."),
    "21656": _template("The message template's values don't fit it."),
    "30007": _gone("The phone network took the message for spam. Write it in other words, without shortened links."),
    "30011": _gone("The network can't carry files to this phone."),
    "30019": _gone("The file is too large for this phone's network."),
    "30036": _gone("The message could not be delivered in time."),
    "63005": _gone("WhatsApp does not accept the message's content."),
    "63007": _setup("The number we send from is no WhatsApp sender of this Twilio account."),
    "63013": _gone("WhatsApp refused the message: it breaks one of its rules."),
    "63019": _gone("WhatsApp could not fetch the file, or does not take a file of this type and size."),
    "63020": _setup("WhatsApp does not know Twilio as this sender's provider. Accept its invitation at Meta."),
    "63021": _gone("WhatsApp does not accept the message's content."),
    # Where and when
    "21408": _gone("The account may not text this country. Allow it in Twilio under Geo permissions."),
    "21635": _dead("This number can't receive text messages: it is a landline."),
    "30001": _later("Too many messages are waiting at Twilio."),
    "30008": _later("The message was lost on the way; the network gives no reason."),
    "30009": _gone("A part of the message was lost on the way."),
    "30010": _gone("The message costs more than the limit set for it."),
    "30022": _later("The network asks us to slow down."),
    "30023": _later("The daily limit of our number in this network is reached."),
    "63015": _gone("The person has not joined the WhatsApp sandbox yet."),
    "63016": _template("The 24 hours since the person's last message are over: only an approved template may be sent."),
    "63012": _later("WhatsApp has a fault of its own."),
    "63018": _later("WhatsApp asks us to slow down."),
    "63027": _template("There is no such template in this language."),
    "63028": _template("The template wants another number of values."),
    "63040": _template("WhatsApp has rejected the template."),
    "63041": _template("WhatsApp has paused the template for its poor quality."),
    "63042": _template("WhatsApp has disabled the template for its poor quality."),
    "63032": _gone("WhatsApp limits what this person gets from businesses just now."),
    "63033": ErrorMeaning("The person has blocked us on WhatsApp.", address_health="doubtful"),
    "63049": _gone("WhatsApp chose not to deliver this marketing message."),
}
