"""Meta's notifications as they come, signed by the documented recipe, not by our own code."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.outgoing import OutboundMessage
from channels_ingest.adapters.twilio_whatsapp import TwilioWhatsAppAdapter
from channels_ingest.adapters.whatsapp_cloud import WhatsAppCloudAdapter
from tests.channels_ingest.twilio.requests import ACCOUNT, TOKEN

APP_SECRET, VERIFY_TOKEN, ACCESS_TOKEN = "the-app-secret", "verify-me", "meta-token"
NUMBER_ID, OTHER_NUMBER_ID = "106540352242922", "106540352242999"
OUR_NUMBER, JO = "+15105550100", "+14155552671"
JO_USER = "US.13491208655302741918"
PATH = "/webhooks/3/"
PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> dict[str, Any]:
    """One recorded kind of request."""
    return cast(dict[str, Any], json.loads((PAYLOADS / f"{name}.json").read_text()))


def value(content: dict[str, Any]) -> dict[str, Any]:
    """The first change of a notification."""
    return cast(dict[str, Any], content["entry"][0]["changes"][0]["value"])


def text_payload(text: str, **more: Any) -> dict[str, Any]:
    """A message with this text."""
    content = payload("text")
    value(content)["messages"][0] |= {"text": {"body": text}, **more}
    return content


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    """What Meta puts in its header."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request(content: Any, *, signed: str | None = None, method: str = "POST", query: str = "") -> RawRequest:
    """One notification, signed with the app secret unless told otherwise."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"content-type": "application/json", "x-hub-signature-256": signature(body) if signed is None else signed}
    return RawRequest(method, PATH, query, headers, b"" if method == "GET" else body, datetime.now(UTC))


def adapter(settings: dict[str, Any] | None = None, **credentials: str) -> WhatsAppCloudAdapter:
    """An adapter on a connection that lives nowhere but here."""
    known = {"app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN, "access_token": ACCESS_TOKEN}
    connection = SimpleNamespace(
        credentials={**known, **credentials},
        settings={"phone_number_id": NUMBER_ID, **(settings or {})},
        channel=SimpleNamespace(address=OUR_NUMBER, pk=3),
    )
    return WhatsAppCloudAdapter(cast(Any, connection))


def twilio_adapter(settings: dict[str, Any] | None = None) -> TwilioWhatsAppAdapter:
    """The same by Twilio."""
    connection = SimpleNamespace(
        credentials={"account_sid": ACCOUNT, "auth_token": TOKEN},
        settings=settings or {},
        channel=SimpleNamespace(address=OUR_NUMBER, pk=3),
    )
    return TwilioWhatsAppAdapter(cast(Any, connection))


def outbound(**changes: Any) -> OutboundMessage:
    """A message to Jo."""
    fields: dict[str, Any] = {
        "idempotency_key": "delivery-17",
        "to_address": JO,
        "to_name": "Jo",
        "from_address": OUR_NUMBER,
        "from_name": "",
        "text": "Your parcel is on its way.",
    }
    return OutboundMessage(**{**fields, **changes})
