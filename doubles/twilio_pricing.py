"""The Twilio double's Pricing API: what a text to a country costs, network by network.

https://www.twilio.com/docs/messaging/api/pricing
"""

from __future__ import annotations

from typing import Any

PATH = "/v1/Messaging/Countries/"
Json = dict[str, Any]
# By country: the price of each network for each kind of sender.
PRICES: dict[str, dict[str, dict[str, str]]] = {
    "US": {"AT&T": {"local": "0.0079", "toll-free": "0.0079"}, "T-Mobile": {"local": "0.0083", "toll-free": "0.0079"}},
    "GB": {"O2": {"mobile": "0.0463", "local": "0.0463"}, "EE": {"mobile": "0.0463", "local": "0.0463"}},
    "DE": {"Telekom": {"mobile": "0.0990"}, "Vodafone": {"mobile": "0.1047"}},
}


def country(code: str, base_url: str) -> Json | None:
    """One country as Twilio shows it; None where the list does not have it."""
    networks = PRICES.get(code)
    if networks is None:
        return None
    return {
        "country": code,
        "iso_country": code,
        "price_unit": "USD",
        "outbound_sms_prices": [
            {
                "carrier": carrier,
                "mcc": "000",
                "mnc": "00",
                "prices": [
                    {"number_type": kind, "base_price": price, "current_price": price} for kind, price in kinds.items()
                ],
            }
            for carrier, kinds in networks.items()
        ],
        "inbound_sms_prices": [],
        "url": f"{base_url}{PATH}{code}",
    }
