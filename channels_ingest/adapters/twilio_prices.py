"""Twilio's price list for texts, account by account. Carriers' own fees are not in it.

https://www.twilio.com/docs/messaging/api/pricing
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

import phonenumbers

from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.outgoing import ListedPrice
from channels_ingest.adapters.twilio_api import Json, TwilioApi

DEFAULT_PRICING_URL = "https://pricing.twilio.com"
PATH = "/v1/Messaging/Countries"
_SHORT_CODE_DIGITS = 6
_NOT_LISTED = "20404"
_KINDS = {
    phonenumbers.PhoneNumberType.TOLL_FREE: "tollfree",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE: "local",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "local",
}


def price_to(api: TwilioApi, country: str, sender: str) -> ListedPrice | None:
    """What one segment to a country costs from a sender of ours, over all its networks; None where not listed."""
    try:
        listed = api.get_path(f"{PATH}/{country}")
    except AdapterError as error:
        if error.code == _NOT_LISTED:
            return None
        raise
    currency = str(listed.get("price_unit") or "").upper()[:3]
    offers = list(_offers(listed))
    kind = _kind_of(sender)
    amounts = [amount for number_type, amount in offers if number_type == kind] or [amount for _, amount in offers]
    return ListedPrice(min(amounts), max(amounts), currency) if amounts and currency else None


def _offers(listed: Json) -> Iterator[tuple[str, Decimal]]:
    """Each price with the kind of number it holds for, its name without marks ("toll-free", "toll free")."""
    for network in _objects(listed.get("outbound_sms_prices")):
        for price in _objects(network.get("prices")):
            amount = _amount(price.get("current_price"))
            if amount is not None:
                kind = "".join(letter for letter in str(price.get("number_type")).lower() if letter.isalpha())
                yield kind, amount


def _kind_of(sender: str) -> str:
    """What a sender of ours is in the list's words; empty where only Twilio knows, as for a Messaging Service."""
    digits = sender.removeprefix("+")
    if digits.isdecimal() and len(digits) <= _SHORT_CODE_DIGITS:
        return "shortcode"
    try:
        return _KINDS.get(phonenumbers.number_type(phonenumbers.parse(sender)), "")
    except phonenumbers.NumberParseException:
        return ""


def _objects(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _amount(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < 1000 else None
