"""Questions to a mail service's API beside sending: what became of a mail, how the account is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from channels_ingest.adapters.failures import AdapterError, Misconfigured, Transient

_TIMEOUT = httpx.Timeout(15.0, connect=5.0)


@dataclass(frozen=True, slots=True)
class ServiceApi:
    """One account at a service. ``base_url`` may be a proxy's or a double's."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """One resource. Raises Misconfigured where the service refuses us, else Transient."""
        url = f"{self.base_url.rstrip('/')}/{path}"
        try:
            with httpx.Client(timeout=_TIMEOUT, auth=self.auth, headers=dict(self.headers)) as client:
                response = client.get(url, params=params)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Misconfigured("The address of the mail service's API is not a valid URL.", code="api_url") from error
        except httpx.HTTPError as error:
            raise Transient("The mail service can't be reached.", code="connect") from error
        if not response.is_success:
            raise _refusal(response.status_code)
        try:
            content = response.json()
        except ValueError as error:
            raise Transient("The mail service's answer can't be read.", code="unreadable_answer") from error
        return content if isinstance(content, dict) else {}


def _refusal(status: int) -> AdapterError:
    if status in (401, 403):
        return Misconfigured("The mail service does not accept the key. Copy it anew.", code=str(status))
    if status == 404:
        return Misconfigured("The mail service does not know what was asked for. Check the settings.", code="404")
    return Transient(f"The mail service answered {status}.", code=str(status))


def rows(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects in an answer; empty where there is none."""
    found = content.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
