"""Postmark (https://postmarkapp.com/developer): JSON webhooks, proved by the secret in their address."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as EncodingError
from collections.abc import Iterator
from typing import Any

from anymail.exceptions import AnymailError
from anymail.webhooks.postmark import (
    PostmarkInboundWebhookView,
    PostmarkTrackingWebhookView,
)

from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField
from channels_ingest.adapters.email import esp_fields
from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.email.esp_api import ServiceApi, rows
from channels_ingest.adapters.email.esp_mail import MailPart, ServiceMail, rebuilt
from channels_ingest.adapters.email.esp_requests import json_object
from channels_ingest.adapters.email.esp_sending import answer_of, failure, said
from channels_ingest.adapters.email.esp_tracking import DELIVERY_KEY, as_item
from channels_ingest.adapters.failures import AdapterError, Misconfigured, Permanent, Transient, Unreadable
from channels_ingest.adapters.incoming import InboundItem, RawRequest
from channels_ingest.adapters.outgoing import OutboundMessage

API_URL = "https://api.postmarkapp.com/"
# https://postmarkapp.com/developer/api/overview#error-codes: not the message's fault, but our account's.
_ACCOUNT_CODES = {10, 400, 401, 405, 412, 413, 1235}
_MAINTENANCE_CODES = {100}
_ABOUT_THE_SENDER = re.compile(r"'From'|sender signature", re.IGNORECASE)


class PostmarkAdapter(EspAdapter):
    """Postmark. Verdicts on senders come only as headers of the mail, which anybody can write: they count for nothing
    beyond an Authentication-Results of the receiving server that the connection names."""

    provider = "email_postmark"
    service = "postmark"
    label = "Email (Postmark)"
    beforehand = "A Postmark server with an inbound stream, and its server API token."
    inbound_view = PostmarkInboundWebhookView
    tracking_view = PostmarkTrackingWebhookView
    # postmarkapp.com/support/article/1056: 10 MB with everything, counted in base64.
    max_files_bytes = 7 * 1024 * 1024
    keep_id_headers = {"X-PM-KeepID": "true"}
    fields = (
        ConnectionField(
            "server_token",
            "Server API token",
            "In Postmark: your server, API Tokens.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        esp_fields.WEBHOOK_SECRET,
        esp_fields.PREVIOUS_WEBHOOK_SECRET,
        *esp_fields.ABOUT_MAILS,
        ConnectionField(
            "message_stream",
            "Message stream",
            "The stream that answers leave by.",
            default="outbound",
            is_advanced=True,
        ),
        esp_fields.api_url(API_URL),
    )

    def backend_options(self) -> dict[str, Any]:
        """The token, the stream, the address."""
        return {
            "server_token": self.credential("server_token", "server API token"),
            "message_stream": self._stream,
            "api_url": self.api_url(API_URL),
        }

    def is_inbound(self, request: RawRequest) -> bool:
        """Reports have a RecordType; mails, as a rule, have none."""
        content = json_object(request)
        if "RecordType" not in content and "FromFull" not in content and "RawEmail" not in content:
            raise Unreadable("This is neither a mail nor a report.")
        return bool(content.get("RecordType", "Inbound") == "Inbound")

    def mail_in(self, request: RawRequest) -> ServiceMail:
        """The raw mail where the stream includes it, else the mail put together from its fields."""
        content = json_object(request)
        headers = _headers(content)
        sender: str | None = None
        if headers and headers[0][0].lower() == "return-path":
            # Postmark's own, on top of what the mail says.
            sender = headers.pop(0)[1].strip("<> ")
        raw = _text(content, "RawEmail")
        return ServiceMail(
            raw=raw.encode("utf-8", "replace") if raw else _rebuilt(content, headers),
            envelope_recipient=_text(content, "OriginalRecipient"),
            envelope_sender=sender,
            spam_score=_number(next((value for name, value in headers if name.lower() == "x-spam-score"), "")),
            is_spam=any(name.lower() == "x-spam-status" and value.lower().startswith("yes") for name, value in headers),
        )

    def item_for(self, event: Any) -> InboundItem:
        """A SpamNotification comes from the recipient's filter, not from the recipient."""
        is_filter = event.esp_event.get("Type") == "SpamNotification"
        return as_item(event, event_type="bounced" if is_filter else "")

    def explain(self, error: AnymailError) -> AdapterError:
        """Postmark's error codes before the HTTP status."""
        answer = answer_of(error.response)
        code = answer.get("ErrorCode")
        words = said(error.response)
        if code in _MAINTENANCE_CODES:
            return Transient(f"Postmark is not available for the moment. {words}", code=str(code))
        if code in _ACCOUNT_CODES or (code == 300 and _ABOUT_THE_SENDER.search(words)):
            return Misconfigured(f"Postmark does not send for us: {words}", code=str(code))
        if code == 406:
            return Permanent(
                "Postmark does not send to this address any more: a mail to it bounced, or was reported as spam.",
                code="406",
            )
        return failure(error)

    def look_up(self, message: OutboundMessage) -> str:
        """Postmark finds mails by our key in their metadata."""
        params = {"count": "10", "offset": "0", f"metadata_{DELIVERY_KEY}": message.idempotency_key}
        found = self._api().get("messages/outbound", params | {"messagestream": self._stream})
        ours = (row for row in rows(found, "Messages") if _key_of(row) in ("", message.idempotency_key))
        return next((str(row["MessageID"]) for row in ours if row.get("MessageID")), "")

    def check_account(self) -> Iterator[CheckResult]:
        """The token, and what Postmark is told to send us."""
        api = self._api()
        server = api.get("server")
        yield CheckResult("Postmark accepts the token", is_ok=True)
        is_ours = self.is_ours(server.get("InboundHookUrl"))
        advice = "Set the inbound stream's webhook at Postmark to this channel's address, with the secret in it."
        yield CheckResult("Mails come here", is_ours, "" if is_ours else advice)
        is_raw = bool(server.get("RawEmailEnabled"))
        advice = 'Turn on "Include raw email content in JSON payload": then mails come whole.'
        yield CheckResult("Mails come whole", is_raw, "" if is_raw else advice)
        hooks = rows(api.get("webhooks", {"MessageStream": self._stream}), "Webhooks")
        is_told = any(self.is_ours(one.get("Url")) for one in hooks)
        advice = "Add a webhook for deliveries, bounces and spam complaints with this channel's address."
        yield CheckResult("Delivery reports come here", is_told, "" if is_told else advice)

    @property
    def _stream(self) -> str:
        return str(self.connection.settings.get("message_stream") or "outbound")

    def _api(self) -> ServiceApi:
        token = self.credential("server_token", "server API token")
        headers = {"X-Postmark-Server-Token": token, "Accept": "application/json"}
        return ServiceApi(self.api_url(API_URL), headers)


def _rebuilt(content: dict[str, Any], headers: list[tuple[str, str]]) -> bytes:
    """The mail from Postmark's fields: what it takes out of the headers stands in fields of its own."""
    own = [
        ("From", _addresses([content.get("FromFull")])),
        ("To", _addresses(content.get("ToFull"))),
        ("Cc", _addresses(content.get("CcFull"))),
        ("Reply-To", _text(content, "ReplyTo")),
        ("Subject", _text(content, "Subject")),
        ("Date", _text(content, "Date")),
    ]
    given = {name.lower() for name, _ in headers}
    added = [(name, value) for name, value in own if value and name.lower() not in given]
    attachments = content.get("Attachments")
    parts = [_part(one) for one in attachments if isinstance(one, dict)] if isinstance(attachments, list) else []
    return rebuilt([*headers, *added], _text(content, "TextBody"), _text(content, "HtmlBody"), parts)


def _headers(content: dict[str, Any]) -> list[tuple[str, str]]:
    found = content.get("Headers")
    pairs = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [(str(one.get("Name", "")), str(one.get("Value", ""))) for one in pairs]


def _part(attachment: dict[str, Any]) -> MailPart:
    try:
        content = b64decode(str(attachment.get("Content") or attachment.get("Data") or ""))
    except (EncodingError, ValueError):
        content = b""
    content_id = str(attachment.get("ContentID") or "").removeprefix("cid:")
    return MailPart(
        str(attachment.get("Name") or ""), str(attachment.get("ContentType") or ""), content, content_id.strip("<> ")
    )


def _addresses(people: object) -> str:
    found = [one for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    return ", ".join(_address(str(one.get("Name") or ""), str(one.get("Email") or "")) for one in found)


def _address(name: str, address: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if quoted.strip() else address


def _text(content: dict[str, Any], name: str) -> str:
    found = content.get(name)
    return found if isinstance(found, str) else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _key_of(row: dict[str, Any]) -> str:
    metadata = row.get("Metadata")
    return str(metadata.get(DELIVERY_KEY) or "") if isinstance(metadata, dict) else ""
