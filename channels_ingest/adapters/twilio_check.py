"""The live test of a Twilio connection, each line with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.twilio_api import Json, TwilioApi


def check(api: TwilioApi, *, number: str, messaging_service_sid: str, webhook_urls: list[str]) -> Iterator[CheckResult]:
    """Credentials, account, number, and the number's webhook; it ends at the first line that blocks the rest."""
    try:
        account = api.get("")
    except AdapterError as error:
        yield CheckResult("Twilio accepts the account", False, error.text)
        return
    status = str(account.get("status") or "active")
    is_active = status == "active"
    yield CheckResult(
        "Twilio accepts the account",
        is_active,
        "" if is_active else f"The account is {status}. Log in to the Twilio console to see why.",
    )
    if number:
        yield from _check_number(api, number, messaging_service_sid, webhook_urls)


def _check_number(
    api: TwilioApi, number: str, messaging_service_sid: str, webhook_urls: list[str]
) -> Iterator[CheckResult]:
    name = f"{number} is on the account and can text"
    try:
        owned = api.get("IncomingPhoneNumbers.json", {"PhoneNumber": number}).get("incoming_phone_numbers")
    except AdapterError as error:
        yield CheckResult(name, False, error.text)
        return
    found = next((item for item in _objects(owned) if item.get("phone_number") == number), None)
    if found is None:
        yield CheckResult(name, False, f"Buy {number} on this account, or give the account that owns it.")
        return
    can_text = _can_text(found)
    yield CheckResult(name, can_text, "" if can_text else "Choose a number that can send and receive SMS.")
    # With a Messaging Service the service's own webhook counts, which this API can't show.
    if not messaging_service_sid:
        is_ours = str(found.get("sms_url") or "") in webhook_urls
        what_to_do = f'Set "A message comes in" of {number} in the Twilio console to {webhook_urls[0]} (HTTP POST).'
        yield CheckResult("Incoming messages come here", is_ours, "" if is_ours else what_to_do)


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _can_text(number: Json) -> bool:
    capabilities = number.get("capabilities")
    return not isinstance(capabilities, dict) or bool(capabilities.get("sms", capabilities.get("SMS", True)))
