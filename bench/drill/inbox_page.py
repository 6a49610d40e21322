"""The inbox as a browser opens it: log in by the form, take the snapshot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from helpdesk.simulation.place import Place

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FOUND = 302


@asynccontextmanager
async def logged_in(place: Place, email: str, password: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the person's session."""
    async with httpx.AsyncClient(base_url=place.base_url, timeout=30, trust_env=False) as client:
        page = await client.get("/accounts/login/")
        token = _CSRF.search(page.text)
        assert token, page.text[:500]
        form = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
        headers = {"Referer": f"{place.base_url}/accounts/login/"}
        answer = await client.post("/accounts/login/", data=form, headers=headers)
        assert answer.status_code == FOUND, f"the log-in answered {answer.status_code}"
        yield client


async def snapshot(client: httpx.AsyncClient, conversation: int) -> dict[str, Any]:
    """Everything a fresh page shows with this conversation open."""
    answer = await client.get("/inbox/snapshot/", params={"view": "all", "conversation": conversation})
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
