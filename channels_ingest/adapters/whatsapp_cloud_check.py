"""The live test of a Cloud API connection, each line with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.whatsapp_cloud_api import GraphApi
from channels_ingest.adapters.whatsapp_cloud_json import objects, text
from customers.addresses import normalise_phone


def check(
    api: GraphApi, *, phone_number_id: str, number: str, business_account_id: str, webhook_url: str
) -> Iterator[CheckResult]:
    """Token and number, whether the number is the channel's, and whether Meta tells us what comes in."""
    name = "Meta accepts the token and knows the number"
    try:
        found = api.get(phone_number_id, {"fields": "display_phone_number,verified_name,quality_rating"})
    except AdapterError as error:
        yield CheckResult(name, False, error.text)
        return
    yield CheckResult(name, True)
    shown = text(found.get("display_phone_number"), 40)
    if number and shown:
        is_same = normalise_phone(shown if shown.startswith("+") else "+" + shown) == normalise_phone(number)
        yield CheckResult(
            "It is this channel's number",
            is_same,
            "" if is_same else f"The phone number ID is that of {shown}. Copy the one of {number}.",
        )
    if business_account_id:
        yield _subscribed(api, business_account_id, webhook_url)


def _subscribed(api: GraphApi, business_account_id: str, webhook_url: str) -> CheckResult:
    name = "Meta tells this app what comes in"
    try:
        apps = objects(api.get(f"{business_account_id}/subscribed_apps").get("data"))
    except AdapterError as error:
        return CheckResult(name, False, error.text)
    what_to_do = (
        f"Subscribe the app to the account at Meta, with the callback URL {webhook_url} and the fields messages,"
        " message_template_status_update and user_preferences."
    )
    return CheckResult(name, bool(apps), "" if apps else what_to_do)
