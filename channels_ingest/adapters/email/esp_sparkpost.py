"""SparkPost (https://developers.sparkpost.com): several events in each POST, mails always whole."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as EncodingError
from dataclasses import replace
from typing import Any

from anymail.webhooks.sparkpost import (
    SparkPostInboundWebhookView,
    SparkPostTrackingWebhookView,
)

from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.email import esp_fields
from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.email.esp_mail import ServiceMail
from channels_ingest.adapters.email.esp_requests import json_body
from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import RawRequest

API_URLS = {"us": "https://api.sparkpost.com/api/v1/", "eu": "https://api.eu.sparkpost.com/api/v1/"}


class SparkPostAdapter(EspAdapter):
    """SparkPost, US or EU. It can't be asked for a mail by our key soon enough to prove that it has none."""

    provider = "email_sparkpost"
    service = "sparkpost"
    # developers.sparkpost.com: 20 MB with everything, as it is sent on.
    max_files_bytes = 14 * 1024 * 1024
    label = "Email (SparkPost)"
    beforehand = "A SparkPost account with a sending and an inbound domain, and an API key."
    inbound_view = SparkPostInboundWebhookView
    tracking_view = SparkPostTrackingWebhookView
    fields = (
        ConnectionField(
            "api_key",
            "API key",
            "In SparkPost: Configuration, API keys, with Transmissions: read/write.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        ConnectionField(
            "region",
            "Region",
            "Where the account was opened at SparkPost.",
            form="choice",
            choices=(("us", "US"), ("eu", "EU")),
            default="us",
        ),
        esp_fields.WEBHOOK_SECRET,
        esp_fields.PREVIOUS_WEBHOOK_SECRET,
        *esp_fields.ABOUT_MAILS,
        esp_fields.api_url(API_URLS["us"]),
    )

    def backend_options(self) -> dict[str, Any]:
        """The key and the address."""
        region = str(self.connection.settings.get("region") or "us")
        return {
            "api_key": self.credential("api_key", "API key"),
            "subaccount": None,
            "api_url": self.api_url(API_URLS.get(region, API_URLS["us"])),
        }

    def parts(self, request: RawRequest) -> list[RawRequest]:
        """One request for each event of the list."""
        events = json_body(request)
        if not isinstance(events, list):
            raise Unreadable("SparkPost sends lists of events.")
        return [replace(request, body=json.dumps([event]).encode()) for event in events]

    def is_inbound(self, request: RawRequest) -> bool:
        """A list of mails or a list of reports; never both."""
        events = json_body(request)
        if not isinstance(events, list):
            raise Unreadable("SparkPost sends lists of events.")
        return any("relay_message" in _msys(event) for event in events)

    def mail_in(self, request: RawRequest) -> ServiceMail:
        """The mail as it came, byte for byte."""
        (event,) = json_body(request)
        found = _msys(event)["relay_message"]
        content = found["content"]
        raw = str(content["email_rfc822"])
        try:
            body = b64decode(raw) if content.get("email_rfc822_is_base64") else raw.encode("utf-8", "replace")
        except (EncodingError, ValueError) as error:
            raise Unreadable("The mail's base64 is broken.") from error
        return ServiceMail(body, str(found.get("rcpt_to") or ""), _sender(found))


def _msys(event: object) -> dict[str, Any]:
    found = event.get("msys") if isinstance(event, dict) else None
    return found if isinstance(found, dict) else {}


def _sender(found: dict[str, Any]) -> str | None:
    value = found.get("msg_from")
    return value if isinstance(value, str) else None
