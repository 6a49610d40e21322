"""Twilio's requests as they come, signed by Twilio's own library."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.outgoing import OutboundMessage
from channels_ingest.adapters.twilio_sms import TwilioSmsAdapter

ACCOUNT = "AC" + "0a1b2c3d" * 4
TOKEN = "the-token-of-today"
OUR_NUMBER = "+15105550100"
JO = "+14155552671"
PUBLIC_URL = "https://help.example"
PATH = "/webhooks/3/"
FORM = "application/x-www-form-urlencoded"
PAYLOADS = Path(__file__).parent / "payloads"


class Repeated(dict[str, list[str]]):
    """Fields of which some come several times, as the official library wants them."""

    def getlist(self, name: str) -> list[str]:
        """All values of one name."""
        return self[name]


def payload(name: str) -> dict[str, str]:
    """The form fields of one recorded kind of request."""
    return cast(dict[str, str], json.loads((PAYLOADS / f"{name}.json").read_text()))


def signature(url: str, fields: Any, token: str = TOKEN) -> str:
    """What Twilio would put in its header."""
    return str(RequestValidator(token).compute_signature(url, fields))


def request(
    fields: Iterable[tuple[str, str]] | dict[str, str],
    *,
    signed: str,
    path: str = PATH,
    query: str = "",
    method: str = "POST",
    content_type: str = FORM,
    body: bytes | None = None,
) -> RawRequest:
    """One request with the given signature."""
    encoded = urlencode(fields if isinstance(fields, dict) else list(fields)).encode() if body is None else body
    headers = {"content-type": content_type, "x-twilio-signature": signed, "host": "evil.example"}
    return RawRequest(method, path, query, headers, encoded if method == "POST" else b"", datetime.now(UTC))


def signed_request(
    fields: dict[str, str], *, url: str = PUBLIC_URL + PATH, token: str = TOKEN, **more: Any
) -> RawRequest:
    """One request that Twilio really signed."""
    return request(fields, signed=signature(url, fields, token), **more)


def adapter(settings: dict[str, Any] | None = None, **credentials: str) -> TwilioSmsAdapter:
    """An adapter on a connection that lives nowhere but here."""
    connection = SimpleNamespace(
        credentials={"account_sid": ACCOUNT, "auth_token": TOKEN, **credentials},
        settings=settings or {},
        channel=SimpleNamespace(address=OUR_NUMBER, pk=3),
    )
    return TwilioSmsAdapter(cast(Any, connection))


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
