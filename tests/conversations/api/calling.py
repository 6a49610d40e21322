"""Calls to the API as one person, and the shape of its errors."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from helpdesk.accounts.models import User
from tests import build


class Api:
    """Calls with one person's token."""

    def __init__(self, person: User) -> None:
        self.client = Client()
        self.headers = {"authorization": f"Bearer {build.token(person)}"}

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: object = None, **more: Any) -> Any:
        content = json.dumps(body if body is not None else {})
        more.setdefault("content_type", "application/json")
        return self.client.post(f"/api/v1/{path}", content, headers=self.headers, **more)

    def rows(self, path: str) -> list[Any]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        assert set(answer.json()) == {"next", "previous", "results"}
        return list(answer.json()["results"])


def assert_error(answer: Any, status: int, code: str, *fields: str) -> None:
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert (body["code"], bool(body["detail"])) == (code, True)
    assert set(body.get("fields", {})) == set(fields)
