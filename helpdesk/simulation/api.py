"""The REST API as an agent's program sees it."""

from __future__ import annotations

from typing import Any

import httpx

from helpdesk.simulation.waiting import DidNotHappen

Row = dict[str, Any]
PAGE_SIZE = 100
REFUSED = 400


class Api:
    """Calls with one person's token."""

    def __init__(self, base_url: str, token: str) -> None:
        # A proxy of the environment has no business between us and a stack on this machine.
        self._client = httpx.Client(
            base_url=f"{base_url}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def get(self, path: str, **params: Any) -> Row:
        """One row."""
        return self._answer(self._client.get(path, params=params))

    def rows(self, path: str, **params: Any) -> list[Row]:
        """The first hundred rows of a list."""
        rows: list[Row] = self.get(path, **params, page_size=PAGE_SIZE)["results"]
        return rows

    def post(self, path: str, **content: Any) -> Row:
        """Write something."""
        return self._answer(self._client.post(path, json=content))

    def customers_with(self, address: str) -> list[Row]:
        """Whom an address belongs to."""
        return self.rows("customers/", identity=address)

    def messages(self, conversation: int) -> list[Row]:
        """The thread, oldest first."""
        return self.rows(f"conversations/{conversation}/messages/")

    def _answer(self, response: httpx.Response) -> Row:
        if response.status_code >= REFUSED:
            request = f"{response.request.method} {response.request.url.path}"
            raise DidNotHappen(f"{request} answered {response.status_code}: {response.text[:300]}")
        row: Row = response.json()
        return row
