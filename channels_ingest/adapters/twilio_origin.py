"""Is a request ours to act on? Signed by our account at Twilio, and about that account: one check for all kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from channels_ingest.adapters import twilio_fields
from channels_ingest.adapters.failures import InvalidSignature
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.twilio_signature import check_signature


def check_origin(request: RawRequest, credentials: Mapping[str, Any]) -> None:
    """Signature first, then the account. Both tokens count while the token is being changed."""
    tokens = [str(credentials.get(name) or "") for name in ("auth_token", "previous_auth_token")]
    check_signature(request, auth_tokens=tokens, public_urls=settings.PUBLIC_URLS)
    if twilio_fields.accounts_named(request) - {str(credentials.get("account_sid") or "")}:
        raise InvalidSignature("wrong account", code="wrong_account")
