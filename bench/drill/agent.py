"""An agent's program: answers people by the API, with a client id, until each answer is taken."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

from bench.drill.sayings import Person
from bench.drill.traffic import SERVER_ERROR, Traffic
from helpdesk.simulation.place import Place

PAUSE_SECONDS = 0.5
GIVE_UP_SECONDS = 120.0
CREATED = 201
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent wrote, and the message that it became."""

    person: Person
    text: str
    message: int


class Agent:
    """Calls with a token, every call twice where it writes."""

    def __init__(self, place: Place, token: str, client: httpx.AsyncClient, traffic: Traffic) -> None:
        self.complaints: list[str] = []
        self._api = f"{place.base_url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._client = client
        self._traffic = traffic

    async def get(self, path: str, **params: Any) -> Row:
        """One answer, however often it has to be asked for."""
        answer = await self._call("GET", path, params=params)
        row: Row = answer.json()
        return row

    async def reply(self, conversation: int, person: Person, text: str, channel: int | None = None) -> Reply:
        """Answer in a conversation; asked twice, as a hasty client does. Both must name one message."""
        content: Row = {"text": text, "kind": "reply", "client_id": secrets.token_hex(16)}
        if channel is not None:
            content |= {"channel": channel}
        path = f"conversations/{conversation}/messages/"
        answers = [await self._call("POST", path, json=content) for _ in range(2)]
        named = {answer.json().get("id") for answer in answers}
        if len(named) != 1 or any(answer.status_code != CREATED for answer in answers):
            self.complaints.append(f"a reply was answered {[(one.status_code, one.text[:200]) for one in answers]}")
        return Reply(person, text, int(answers[0].json().get("id") or 0))

    async def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while True:
            started_at = time.monotonic()
            try:
                answer = await self._client.request(method, f"{self._api}/{path}", headers=self._headers, **more)
            except httpx.TransportError as error:
                self._traffic.note("api", started_at, 0, repr(error))
            else:
                self._traffic.note("api", started_at, answer.status_code, answer.text)
                if answer.status_code < SERVER_ERROR:
                    return answer
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path} was never answered")
            await asyncio.sleep(PAUSE_SECONDS)
