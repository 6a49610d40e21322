"""Mails to test with, and a channel that receives them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from channels_ingest.adapters.email.adapter import EmailAdapter
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest

PAYLOADS = Path(__file__).parent / "payloads"
OWN_ADDRESS = "support@acme.example"
AUTHSERV_ID = "mx.acme.example"
SECRET = "a-long-inbound-secret"
RECEIVED_AT = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)


def email_adapter(**settings: Any) -> EmailAdapter:
    """The adapter of a channel named support@acme.example."""
    connection = SimpleNamespace(
        channel=SimpleNamespace(address=OWN_ADDRESS, addresses=(OWN_ADDRESS,)),
        settings={"authserv_id": AUTHSERV_ID, **settings},
        credentials={"inbound_secret": SECRET},
    )
    return EmailAdapter(cast(Any, connection))


def request(
    body: bytes, *, content_type: str = "message/rfc822", authorization: str = f"Bearer {SECRET}"
) -> RawRequest:
    """A POST of raw mail."""
    headers = {"content-type": content_type, "authorization": authorization}
    return RawRequest("POST", "/webhooks/1/", "", headers, body, RECEIVED_AT)


def payload(name: str) -> bytes:
    """A raw mail of the corpus."""
    return (PAYLOADS / f"{name}.eml").read_bytes()


def items(raw: bytes, **settings: Any) -> list[InboundItem]:
    """What the adapter makes of a raw mail."""
    return email_adapter(**settings).parse(request(raw))


def message(raw: bytes, **settings: Any) -> InboundMessage:
    """The one message in a raw mail."""
    (item,) = items(raw, **settings)
    assert isinstance(item, InboundMessage)
    return item


def mail(body: str | bytes = "Hello", **headers: str) -> bytes:
    """A plain mail from Jo; ``content_type`` and the like replace or add headers, an empty one removes it."""
    fields = {
        "from": "Jo Miller <jo@customer.example>",
        "to": OWN_ADDRESS,
        "subject": "Lamp",
        "message-id": "<jo-1@customer.example>",
        "date": "Tue, 05 May 2026 10:11:12 +0200",
        "content-type": 'text/plain; charset="utf-8"',
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)
