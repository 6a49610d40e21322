"""What Twilio received for us, as its list shows it, in the fields that its webhook would have brought.

The list knows less than a webhook: no profile name, no place, no button. That is why a webhook on its way is left
the time it needs, and why a late one is only a repeat.
Source: https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from channels_ingest.adapters.failures import AdapterError, Transient
from channels_ingest.adapters.incoming import ReceivedMessage, ReceivedPage
from channels_ingest.adapters.twilio_api import Json, TwilioApi
from channels_ingest.adapters.twilio_signature import FORM

PAGE_SIZE = 200
MOST_FILES = 10
CONTENT_TYPE = FORM


def page_of(api: TwilioApi, *, number: str, service: str, since: datetime, page: str) -> ReceivedPage:
    """One page of the list, newest first; it ends where ``since`` is reached.

    ``number`` as Twilio writes it on this channel. A Messaging Service has several, so its messages are told by it.
    """
    if page:
        found = api.get_path(page)
    else:
        # Twilio takes days only, in GMT.
        params = {"PageSize": str(PAGE_SIZE), "DateSent>": since.astimezone(UTC).date().isoformat()}
        found = api.get("Messages.json", params if service else {**params, "To": number})
    listed = [item for item in _objects(found.get("messages")) if _time(item) is not None]
    following = found.get("next_page_uri")
    is_end = not isinstance(following, str) or not following.startswith("/2010-04-01/")
    is_end = is_end or bool(listed and all(_came_at(item) < since for item in listed))
    ours = (item for item in listed if _is_ours(item, number, service) and _came_at(item) >= since)
    messages = tuple(ReceivedMessage(str(item["sid"]), _came_at(item), item) for item in ours)
    return ReceivedPage(messages, "" if is_end else str(following))


def as_form(api: TwilioApi, message: ReceivedMessage) -> bytes:
    """The message as its webhook would have said it. Raises Transient where its files can't be listed now."""
    resource = message.resource
    count = str(resource.get("num_media") or "0")
    fields = {
        "MessageSid": message.provider_message_id,
        "AccountSid": str(resource.get("account_sid") or ""),
        "From": str(resource.get("from") or ""),
        "To": str(resource.get("to") or ""),
        "Body": str(resource.get("body") or ""),
        "NumMedia": count,
        "SmsStatus": "received",
    }
    if resource.get("messaging_service_sid"):
        fields["MessagingServiceSid"] = str(resource["messaging_service_sid"])
    fields |= _files(api, message.provider_message_id) if count != "0" else {}
    if not fields["Body"] and count == "0":
        fields["MessageType"] = "unknown"  # a place, a button: Twilio's list does not show them
    return urlencode(fields).encode()


def _files(api: TwilioApi, sid: str) -> dict[str, str]:
    try:
        found = _objects(api.get(f"Messages/{sid}/Media.json").get("media_list"))
    except Transient:
        raise
    except AdapterError:
        return {}  # they were deleted at Twilio; the words count all the same
    fields = {}
    for number, item in enumerate(found[:MOST_FILES]):
        uri = str(item.get("uri") or "").removesuffix(".json")
        if uri.startswith("/2010-04-01/"):
            fields[f"MediaUrl{number}"] = api.base_url + uri
            fields[f"MediaContentType{number}"] = str(item.get("content_type") or "")
    return fields


def _is_ours(item: Json, number: str, service: str) -> bool:
    is_for_us = item.get("to") == number or bool(service and item.get("messaging_service_sid") == service)
    return item.get("direction") == "inbound" and item.get("status") == "received" and is_for_us and bool(item["sid"])


def _came_at(item: Json) -> datetime:
    found = _time(item)
    assert found is not None  # the others were sorted out
    return found


def _time(item: Json) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(item.get("date_sent") or item.get("date_created") or ""))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
