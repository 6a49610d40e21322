"""Calls to the doubles and to our own doors, as a provider's machines would make them."""

from __future__ import annotations

from typing import Any

import httpx

from helpdesk.pocket.errors import CannotDo

# A call may keep its caller waiting for twenty.
SECONDS = 25.0


def post(url: str, content: dict[str, Any]) -> dict[str, Any]:
    """JSON to a double; its answer. Raises ``CannotDo`` where it is away or refuses."""
    return _answer("POST", url, json=content)


def get(url: str, params: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """What a double tells."""
    return _answer("GET", url, params=params)


def deliver_mail(url: str, secret: str, raw: bytes) -> None:
    """Raw MIME to the mail door."""
    headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {secret}"}
    response = _call("POST", url, content=raw, headers=headers)
    if not response.is_success:
        raise CannotDo(f"The shop's mail door answered {response.status_code}.", 502)


def _answer(method: str, url: str, **more: Any) -> dict[str, Any]:
    response = _call(method, url, **more)
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise CannotDo(f"The provider's stand-in answered {response.status_code}.", 502)
    if not response.is_success:
        raise CannotDo(str(content.get("detail") or f"The provider's stand-in answered {response.status_code}."), 502)
    return content


def _call(method: str, url: str, **more: Any) -> httpx.Response:
    try:
        # No proxy of the environment stands between us and our own loopback.
        return httpx.request(method, url, timeout=SECONDS, trust_env=False, **more)
    except httpx.HTTPError as error:
        raise CannotDo("The provider's stand-in doesn't answer. Is the demo still running?", 502) from error
