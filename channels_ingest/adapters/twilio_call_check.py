"""The live test of a number that can be called, each line with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.twilio_api import Json, TwilioApi


def check(api: TwilioApi, *, number: str, webhook_urls: list[str]) -> Iterator[CheckResult]:
    """Credentials, number, and where Twilio asks what to say and reports the end; it ends at what blocks the rest."""
    try:
        api.get("")
        owned = api.get("IncomingPhoneNumbers.json", {"PhoneNumber": number}).get("incoming_phone_numbers")
    except AdapterError as error:
        yield CheckResult("Twilio accepts the account", False, error.text)
        return
    yield CheckResult("Twilio accepts the account", True)
    name = f"{number} is on the account and can be called"
    found = next((item for item in _objects(owned) if item.get("phone_number") == number), None)
    if found is None:
        yield CheckResult(name, False, f"Buy {number} on this account, or give the account that owns it.")
        return
    is_voice = _can_talk(found)
    yield CheckResult(name, is_voice, "" if is_voice else "Choose a number with voice.")
    for title, field, urls, place in (
        ("Calls come here", "voice_url", webhook_urls, "A call comes in"),
        ("The end of a call is told here", "status_callback", [f"{u}status/" for u in webhook_urls], "Call status"),
    ):
        is_ours = str(found.get(field) or "") in urls
        what_to_do = f'Set "{place}" of {number} in the Twilio console to {urls[0]} (HTTP POST).'
        yield CheckResult(title, is_ours, "" if is_ours else what_to_do)


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _can_talk(number: Json) -> bool:
    capabilities = number.get("capabilities")
    return not isinstance(capabilities, dict) or bool(capabilities.get("voice", True))
