"""What an admin enters, and what the form says of it."""

from __future__ import annotations

from typing import Any

from tests import build

TOKEN = "a-very-long-auth-token-1a2b"


def sms_form(**fields: str) -> dict[str, str]:
    return {
        "name": "Texts",
        "address": "+1 500 555 0001",
        "desk": str(build.desk().pk),
        "team": "",
        "language": "en",
        "connection_account_sid": "AC" + "1" * 32,
        "connection_auth_token": TOKEN,
        **fields,
    }


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)
