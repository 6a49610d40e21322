"""Requests as Twilio and mail servers send them to our doors."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from twilio.request_validator import RequestValidator

from conversations.models import Channel
from tests import build

# One for all calls: each new client loads the middleware anew.
CLIENT = Client()
FORM = "application/x-www-form-urlencoded"


def twilio_fields(
    to: Channel, text: str = "Where is my parcel?", sid: str = "SM" + "1" * 32, **more: str
) -> dict[str, str]:
    """The fields of a text that came in."""
    fields = {
        "MessageSid": sid,
        "AccountSid": build.TWILIO["account_sid"],
        "From": build.JO_PHONE,
        "To": to.address,
        "Body": text,
        "NumMedia": "0",
    }
    return {**fields, **more}


def signature(path: str, fields: dict[str, str], token: str = build.TWILIO["auth_token"]) -> str:
    """What Twilio puts in its header."""
    return str(RequestValidator(token).compute_signature(settings.PUBLIC_URL + path, fields))


def twilio_post(
    to: Channel, fields: dict[str, str], *, signed: str | None = None, body: bytes | None = None, path: str = ""
) -> Any:
    """Post to a channel's door, signed with its own token unless told otherwise."""
    path = path or f"/webhooks/{to.pk}/"
    signed = signature(path, fields) if signed is None else signed
    headers = {"x-twilio-signature": signed} if signed else {}
    return CLIENT.post(path, urlencode(fields).encode() if body is None else body, content_type=FORM, headers=headers)


def mail_post(to: Channel, content: bytes, *, secret: str = build.MAIL_SECRET, **more: Any) -> Any:
    """Post a raw mail to a channel's door."""
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return CLIENT.post(
        f"/webhooks/{to.pk}/", content, content_type=more.get("content_type", "message/rfc822"), headers=headers
    )
