"""OAuth access tokens for mailboxes: a refresh token is exchanged for one (RFC 6749, section 6)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from channels_ingest.adapters.failures import Misconfigured, Transient

# Where each service exchanges tokens; a connection may name another address.
TOKEN_URLS = {
    "google": "https://oauth2.googleapis.com/token",
    "microsoft": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
}
_TIMEOUT_SECONDS = 10.0
_USUAL_SECONDS = 3600
_MAX_SAID = 200


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token for a while. ``refresh_token`` is the one to use from now on, where the service gave a new one."""

    token: str = field(repr=False)
    expires_at: float  # seconds since 1970
    refresh_token: str = field(default="", repr=False)


def is_used(settings: Mapping[str, Any]) -> bool:
    """Whether a connection logs in by OAuth."""
    return str(settings.get("imap_login") or "") in TOKEN_URLS


def refreshed(settings: Mapping[str, Any], credentials: Mapping[str, Any]) -> AccessToken:
    """A fresh token. Raises Misconfigured where the service will never give one for these, Transient else."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": _needed(credentials, "oauth_refresh_token", "refresh token"),
        "client_id": _needed(credentials, "oauth_client_id", "client id"),
        "client_secret": _needed(credentials, "oauth_client_secret", "client secret"),
    }
    try:
        answer = httpx.post(_token_url(settings), data=form, timeout=_TIMEOUT_SECONDS, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Transient(f"The token service can't be reached ({type(error).__name__}).") from error
    fields = _fields(answer)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Transient(f"The token service answered {answer.status_code}.")
    token = fields.get("access_token")
    if answer.status_code != 200 or not isinstance(token, str) or not token:
        raise Misconfigured(
            f"Access to the mailbox was withdrawn or is not set up right ({_said(answer, fields)}). "
            "Allow it again and enter the new refresh token.",
            code="oauth",
        )
    return AccessToken(token, time.time() + _seconds(fields), str(fields.get("refresh_token") or ""))


def _token_url(settings: Mapping[str, Any]) -> str:
    url = str(settings.get("oauth_token_url") or "") or TOKEN_URLS[str(settings["imap_login"])]
    if urlsplit(url).scheme not in ("http", "https"):
        raise Misconfigured("The token address is not a web address.")
    return url


def _needed(credentials: Mapping[str, Any], name: str, label: str) -> str:
    value = str(credentials.get(name) or "").strip()
    if not value:
        raise Misconfigured(f"Enter this connection's OAuth {label}.")
    return value


def _fields(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(fields: Mapping[str, Any]) -> float:
    try:
        return max(float(fields.get("expires_in") or _USUAL_SECONDS), 0.0)
    except (TypeError, ValueError):
        return _USUAL_SECONDS


def _said(answer: httpx.Response, fields: Mapping[str, Any]) -> str:
    words = (str(fields.get(name) or "") for name in ("error", "error_description"))
    return (" ".join(" ".join(filter(None, words)).split()) or f"answer {answer.status_code}")[:_MAX_SAID]
