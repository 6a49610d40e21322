"""SMS and MMS by Twilio (RCS answers to the same numbers included)."""

from __future__ import annotations

from typing import ClassVar

from channels_ingest.adapters import twilio_prices
from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import Sender
from channels_ingest.adapters.outgoing import ListedPrice
from channels_ingest.adapters.twilio_fields import Fields
from channels_ingest.adapters.twilio_messages import TwilioMessagesAdapter
from customers.addresses import is_withheld, normalise_phone
from customers.assurance import Assurance

# Short codes have three to eight digits; in North America they also come as "+1" and five or six.
SHORT_CODE_DIGITS = 8
NORTH_AMERICAN_CODE_DIGITS = 7
MAX_ADDRESS_LENGTH = 100
RCS_PREFIX = "rcs:"


class TwilioSmsAdapter(TwilioMessagesAdapter):
    """A number, or a Messaging Service with several."""

    provider: ClassVar[str] = "twilio_sms"
    channel_kind: ClassVar[str] = "sms"
    label: ClassVar[str] = "SMS (Twilio)"
    beforehand: ClassVar[str] = "A Twilio account with a number that can text, and its account SID and auth token."

    lists_prices: ClassVar[bool] = True
    fields: ClassVar[tuple[ConnectionField, ...]] = (
        *TwilioMessagesAdapter.fields,
        ConnectionField(
            "pricing_url",
            "Pricing API address",
            "Where Twilio's price list is reached through a proxy of yours.",
            form="url",
            default=twilio_prices.DEFAULT_PRICING_URL,
            is_advanced=True,
        ),
    )

    def list_price(self, country: str) -> ListedPrice | None:
        """By the account's own list, for the kind of number the channel has."""
        base_url = str(self.connection.settings.get("pricing_url") or twilio_prices.DEFAULT_PRICING_URL)
        return twilio_prices.price_to(self._api(base_url), country, self.connection.channel.address)

    def read_sender(self, fields: Fields) -> tuple[Sender | None, dict[str, str]]:
        """A telephone number is a person; short codes, words and withheld numbers are nobody.

        Facts for nobody: ``sender`` as it came and ``sender_kind`` ("short_code", "alphanumeric",
        "withheld", "not_a_number").
        """
        seen = self.from_wire(fields.get("From", ""))
        number = None if _is_short_code(seen) else normalise_phone(seen)
        if number is None:
            return None, {"sender": seen, "sender_kind": _machine_kind(seen)}
        return Sender("phone", number, address_as_seen=seen, assurance=Assurance.PRESENTED), {}

    def to_wire(self, address: str) -> str:
        """E.164 as it is."""
        return address

    def from_wire(self, address: str) -> str:
        """Without RCS's mark. Any other channel's address is not ours to read."""
        address = address.strip()[:MAX_ADDRESS_LENGTH].removeprefix(RCS_PREFIX)
        channel, colon, _ = address.partition(":")
        if colon:
            raise Unreadable(
                f"This message came by {channel[:20]}, not by SMS: its webhook must lead to that channel.",
                code="other_channel",
            )
        return address


def _is_short_code(address: str) -> bool:
    digits = address.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return False
    if not address.startswith("+"):
        return len(digits) <= SHORT_CODE_DIGITS
    return digits.startswith("1") and len(digits) <= NORTH_AMERICAN_CODE_DIGITS


def _machine_kind(address: str) -> str:
    if is_withheld(address):
        return "withheld"
    if _is_short_code(address):
        return "short_code"
    return "alphanumeric" if any(character.isalpha() for character in address) else "not_a_number"
