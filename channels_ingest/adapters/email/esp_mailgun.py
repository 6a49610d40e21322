"""Mailgun (https://documentation.mailgun.com): forms for mails, JSON for reports, all of them signed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from anymail.exceptions import AnymailError
from anymail.webhooks.mailgun import (
    MailgunInboundWebhookView,
    MailgunTrackingWebhookView,
)

from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField
from channels_ingest.adapters.email import esp_fields
from channels_ingest.adapters.email.addresses import parse_addresses
from channels_ingest.adapters.email.authentication import is_aligned
from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.email.esp_api import ServiceApi, rows
from channels_ingest.adapters.email.esp_mail import MailPart, ServiceMail, rebuilt
from channels_ingest.adapters.email.esp_requests import Form
from channels_ingest.adapters.email.esp_sending import failure, said
from channels_ingest.adapters.email.headers import MAX_HEADER_BYTES, Headers, parse_headers
from channels_ingest.adapters.failures import AdapterError, Misconfigured, Unreadable
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.outgoing import OutboundMessage

API_URLS = {"us": "https://api.mailgun.net/v3/", "eu": "https://api.eu.mailgun.net/v3/"}
_MAX_FILE_COUNT = 100
_SIGNING_DOMAIN = re.compile(r"(?:^|;)\s*d\s*=\s*([^\s;]{1,255})", re.IGNORECASE)
_ABOUT_THE_SENDER = re.compile(r"'from'|not allowed to send|sandbox|domain not found", re.IGNORECASE)


class MailgunAdapter(EspAdapter):
    """Mailgun, US or EU. A route whose address ends in ``mime`` hands mails over whole."""

    provider = "email_mailgun"
    service = "mailgun"
    # documentation.mailgun.com: 25 MB with everything, as it is sent on.
    max_files_bytes = 18 * 1024 * 1024
    label = "Email (Mailgun)"
    beforehand = "A domain set up at Mailgun, its API key, and the HTTP webhook signing key."
    inbound_ending = "mime"
    inbound_view = MailgunInboundWebhookView
    tracking_view = MailgunTrackingWebhookView
    fields = (
        ConnectionField(
            "api_key",
            "API key",
            "In Mailgun: API keys, or a sending key of the domain.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        ConnectionField(
            "webhook_signing_key",
            "HTTP webhook signing key",
            "In Mailgun: API keys, HTTP webhook signing key.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        ConnectionField(
            "region",
            "Region",
            "Where the domain was set up at Mailgun.",
            form="choice",
            choices=(("us", "US"), ("eu", "EU")),
            default="us",
        ),
        ConnectionField("sender_domain", "Sending domain", "Empty: the domain of the channel's address."),
        esp_fields.WEBHOOK_SECRET,
        esp_fields.PREVIOUS_WEBHOOK_SECRET,
        ConnectionField(
            "has_verdicts",
            "Mailgun marks mails",
            "The domain's spam filter is set to \"mark with MIME headers\": then Mailgun's check of signatures counts.",
            form="flag",
        ),
        *esp_fields.ABOUT_MAILS,
        esp_fields.api_url(API_URLS["us"]),
    )

    def backend_options(self) -> dict[str, Any]:
        """The key, the domain, the address."""
        return {
            "api_key": self.credential("api_key", "API key"),
            "sender_domain": self._domain,
            "api_url": self._api_url,
        }

    def view_options(self) -> dict[str, Any]:
        """The signing key; without one nothing is genuine."""
        key = self.credential("webhook_signing_key", "HTTP webhook signing key")
        return {"webhook_signing_key": key, "api_key": None}

    def is_inbound(self, request: RawRequest) -> bool:
        """Reports are JSON, or forms that name an event; mails are forms."""
        if request.content_type == "application/json":
            return False
        if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise Unreadable("Mailgun sends forms and JSON, nothing else.")
        return Form(request).text("event") in ("", "inbound")

    def mail_in(self, request: RawRequest) -> ServiceMail:
        """The raw mail where the route asks for it, else the mail put together from its fields."""
        form = Form(request)
        raw = form.fields.get("body-mime") or _rebuilt(form)
        headers = parse_headers(raw[:MAX_HEADER_BYTES].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0])
        marks = bool(self.connection.settings.get("has_verdicts"))
        return ServiceMail(
            raw=raw,
            envelope_recipient=form.text("recipient"),
            envelope_sender=form.text("sender") if "sender" in form.fields else None,
            spam_score=_number(headers.raw("x-mailgun-sscore")) if marks else None,
            is_spam=marks and headers.raw("x-mailgun-sflag").strip().lower() == "yes",
            is_author_proved=marks and _is_author_proved(headers),
        )

    def explain(self, error: AnymailError) -> AdapterError:
        """Mailgun has words and no codes."""
        if error.status_code in (400, 403) and _ABOUT_THE_SENDER.search(said(error.response)):
            return Misconfigured(f"Mailgun does not send for us: {said(error.response)}", code=str(error.status_code))
        return failure(error)

    def look_up(self, message: OutboundMessage) -> str:
        """Mailgun keeps our Message-ID, and finds its events by it."""
        wanted = message.rfc_message_id.strip("<>")
        if not wanted:
            return ""
        found = self._api().get(f"{self._domain}/events", {"message-id": wanted, "limit": "25"})
        ids = (_message_id(row) for row in rows(found, "items"))
        return next((f"<{one}>" for one in ids if one == wanted), "")

    def check_account(self) -> Iterator[CheckResult]:
        """The key, the domain, and where Mailgun posts."""
        api = self._api()
        domain = api.get(f"domains/{self._domain}").get("domain")
        is_active = isinstance(domain, dict) and domain.get("state") == "active"
        advice = f"Finish setting up {self._domain} at Mailgun: its DNS records are not right yet."
        yield CheckResult("Mailgun sends for the domain", is_active, "" if is_active else advice)
        actions = [str(one) for row in rows(api.get("routes"), "items") for one in row.get("actions") or []]
        ours = [one for one in actions if any(self.is_ours(url) for url in re.findall(r"https?://[^\"')]+", one))]
        advice = "Add a route at Mailgun that forwards to this channel's address, with the secret in it."
        yield CheckResult("Mails come here", bool(ours), "" if ours else advice)
        if ours:
            is_raw = any(re.search(r"mime/?[\"')]", one) for one in ours)
            advice = "Let the route's address end in mime: then mails come whole."
            yield CheckResult("Mails come whole", is_raw, "" if is_raw else advice)
        hooks = api.get(f"domains/{self._domain}/webhooks").get("webhooks")
        urls = [url for one in hooks.values() for url in one.get("urls") or []] if isinstance(hooks, dict) else []
        is_told = any(self.is_ours(url) for url in urls)
        advice = "Add webhooks for delivered, failed and complained messages with this channel's address."
        yield CheckResult("Delivery reports come here", is_told, "" if is_told else advice)

    @property
    def _domain(self) -> str:
        own = self.connection.channel.address.rpartition("@")[2]
        return str(self.connection.settings.get("sender_domain") or own).strip().lower()

    @property
    def _api_url(self) -> str:
        region = str(self.connection.settings.get("region") or "us")
        return self.api_url(API_URLS.get(region, API_URLS["us"]))

    def _api(self) -> ServiceApi:
        return ServiceApi(self._api_url, auth=("api", self.credential("api_key", "API key")))


def _rebuilt(form: Form) -> bytes:
    try:
        pairs = json.loads(form.text("message-headers") or "[]")
        by_file = json.loads(form.text("content-id-map") or "{}")
    except (ValueError, RecursionError) as error:
        raise Unreadable("The mail's headers are no JSON.") from error
    listed = pairs if isinstance(pairs, list) else []
    headers = [(str(one[0]), str(one[1])) for one in listed if isinstance(one, list) and len(one) == 2]
    if not headers:
        raise Unreadable("The form brings no mail.")
    content_ids = (
        {str(file): str(cid).strip("<> ") for cid, file in by_file.items()} if isinstance(by_file, dict) else {}
    )
    parts = []
    for number in range(1, _MAX_FILE_COUNT + 1):
        file = form.files.get(f"attachment-{number}")
        if file:
            parts.append(MailPart(*file, content_ids.get(f"attachment-{number}", "")))
    return rebuilt(headers, form.text("body-plain"), form.text("body-html"), parts)


def _is_author_proved(headers: Headers) -> bool:
    """Whether Mailgun found the one signature right, and it is of the author's own domain.

    A sender can write Mailgun's mark himself. Where Mailgun marks mails it adds its own to each that is signed:
    then there are two, and none counts.
    """
    marks, signatures = headers.all("x-mailgun-dkim-check-result"), headers.all("dkim-signature")
    if len(marks) != 1 or len(signatures) != 1 or marks[0].strip().lower() != "pass":
        return False
    signer = _SIGNING_DOMAIN.search(signatures[0])
    authors = parse_addresses(headers.raw("from"))
    return bool(signer) and len(authors) == 1 and is_aligned(signer[1] if signer else "", authors[0].domain)


def _message_id(event: dict[str, Any]) -> str:
    message = event.get("message")
    headers = message.get("headers") if isinstance(message, dict) else None
    return str(headers.get("message-id") or "").strip("<>") if isinstance(headers, dict) else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
