"""Webhooks of mail services: documented payloads, signed as each service signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from django.test import Client

from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.email.services import SERVICES
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest
from channels_ingest.models import Connection
from conversations.models import Channel
from tests import build

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "onethread:hook-secret"
SIGNING_KEY = "signing-key"
KEY = "0123456789abcdef0123456789abcdef"
OWN = "help@shop.example"
CHANNEL_ID = 3
CREDENTIALS: dict[str, dict[str, str]] = {
    "postmark": {"server_token": "token", "webhook_secret": SECRET},
    "mailgun": {"api_key": "key", "webhook_signing_key": SIGNING_KEY, "webhook_secret": SECRET},
    "sparkpost": {"api_key": "key", "webhook_secret": SECRET},
}
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
CLIENT = Client()


def payload(name: str) -> Any:
    """One documented payload: "postmark/delivery"."""
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def names(service: str) -> list[str]:
    """All payloads of a service."""
    return sorted(f"{service}/{path.stem}" for path in (PAYLOADS / service).glob("*.json"))


def signed(content: Any, *, service: str, key: str = SIGNING_KEY, token: str = "t" * 50) -> tuple[bytes, str]:
    """Body and media type as the service posts the content."""
    if service != "mailgun":
        return json.dumps(content).encode(), JSON
    timestamp = "1778000000"
    digest = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    proof = {"timestamp": timestamp, "token": token, "signature": digest}
    if "event-data" in content:
        return json.dumps({"signature": proof, **content}).encode(), JSON
    return urlencode({**content, **proof}).encode(), FORM


def basic(secret: str = SECRET) -> str:
    """The Authorization header that a secret in an address becomes."""
    return "Basic " + base64.b64encode(secret.encode()).decode()


def request(content: Any, *, service: str, secret: str = SECRET, path: str = "", key: str = SIGNING_KEY) -> RawRequest:
    """A genuine webhook."""
    body, kind = signed(content, service=service, key=key)
    headers = {"content-type": kind, **({"authorization": basic(secret)} if secret else {})}
    path = path or f"/webhooks/{CHANNEL_ID}/{service}/"
    return RawRequest("POST", path, "", headers, body, datetime.now(UTC))


def adapter(service: str, settings: dict[str, Any] | None = None, **credentials: str) -> EspAdapter:
    """An adapter on a connection that lives nowhere but here."""
    channel = SimpleNamespace(pk=CHANNEL_ID, address=OWN, addresses=(OWN,), language="en")
    connection = SimpleNamespace(
        credentials={**CREDENTIALS[service], **credentials},
        settings=settings or {},
        channel=channel,
        channel_id=CHANNEL_ID,
    )
    return SERVICES[service](cast(Any, connection))


def items(name: str, **settings: Any) -> list[InboundItem]:
    """What the adapter makes of a documented payload."""
    service = name.partition("/")[0]
    return adapter(service, settings).parse(request(payload(name), service=service))


def message(content: Any, *, service: str, **settings: Any) -> InboundMessage:
    """The one message that some content brings."""
    (item,) = adapter(service, settings).parse(request(content, service=service))
    assert isinstance(item, InboundMessage)
    return item


def channel(service: str, *, settings: dict[str, Any] | None = None, secret: str = SECRET, **fields: Any) -> Channel:
    """A channel whose mail goes through a service."""
    row = build.channel("email", **fields)
    credentials = {**CREDENTIALS[service], "webhook_secret": secret}
    Connection.objects.filter(channel=row).update(is_active=False)
    Connection.objects.create(
        channel=row, provider=f"email_{service}", credentials=credentials, settings=settings or {}
    )
    return row


def post(path: str, content: Any, *, service: str, secret: str | None = SECRET, **more: str) -> Any:
    """Post content to a door, signed."""
    body, kind = signed(content, service=service, **more)
    headers = {"authorization": basic(secret)} if secret is not None else {}
    return CLIENT.post(path, body, content_type=kind, headers=headers)
