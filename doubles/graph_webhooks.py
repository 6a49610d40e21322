"""The notifications that the Graph double posts, signed as Meta signs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
from typing import Any

import httpx

from doubles.graph_store import GraphStore, Number, StoredMessage
from doubles.twilio_store import Ending

CONCURRENT_CALLS = 20
RETRY_SECONDS = 0.2


class Notifier:
    """One POST per notification, with one retry where no connection came about."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(15.0, connect=5.0), trust_env=False)
        self._room = asyncio.Semaphore(CONCURRENT_CALLS)
        self._order = random.Random(7)  # noqa: S311

    async def post(self, url: str, number: Number, value: dict[str, Any], *, field: str = "messages") -> httpx.Response:
        """Notify of one change. What is said of a template belongs to no number."""
        is_of_account = field.startswith("message_template")
        whole = {"messaging_product": "whatsapp", "metadata": _metadata(number), **value}
        changes = [{"field": field, "value": value if is_of_account else whole}]
        entry = {"id": number.business_account_id, "changes": changes}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        digest = hmac.new(number.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}
        async with self._room:
            try:
                return await self._client.post(url, content=body, headers=headers)
            except httpx.ConnectError:
                await asyncio.sleep(RETRY_SECONDS)
                return await self._client.post(url, content=body, headers=headers)

    async def play(self, message: StoredMessage) -> None:
        """Take a message through its states, and report each."""
        behaviour, number = self._store.behaviour, self._store.numbers[message.phone_number_id]
        ending = behaviour.final.popleft() if behaviour.final else None
        if message.refused_with:
            ending = Ending("failed", message.refused_with)
        usual = ["sent", "delivered", "read"]
        steps = usual if ending is None else list(dict.fromkeys([*usual[: _before(ending.status)], ending.status]))
        callbacks = behaviour.callbacks
        told = [step for step in steps for _ in range(1 + callbacks.duplicate_count)]
        if callbacks.is_shuffled:
            self._order.shuffle(told)
        for step in told:
            await asyncio.sleep(callbacks.delay_seconds)
            message.status = step
            if number.webhook_url and not callbacks.is_off:
                await self._report(
                    message, number, step, ending.error_code if ending and step == ending.status else None
                )
        message.status = steps[-1]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _report(self, message: StoredMessage, number: Number, step: str, code: int | None) -> None:
        status: dict[str, Any] = {"id": message.id, "status": step, "timestamp": str(int(time.time()))}
        status["recipient_id" if message.person.isdigit() else "recipient_user_id"] = message.person
        if message.callback_data:
            status["biz_opaque_callback_data"] = message.callback_data
        if step in {"sent", "delivered"}:
            status["pricing"] = {
                "billable": False,
                "pricing_model": "PMP",
                "category": "service",
                "type": "free_customer_service",
            }
        if code:
            status["errors"] = [{"code": code, "title": "As told", "message": "As told", "error_data": {"details": ""}}]
        outcome: int | str
        try:
            outcome = (await self.post(number.webhook_url, number, {"statuses": [status]})).status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = type(error).__name__
        self._store.callbacks.append({"id": message.id, "status": step, "url": number.webhook_url, "answer": outcome})


def _metadata(number: Number) -> dict[str, str]:
    return {
        "display_phone_number": number.display_phone_number.removeprefix("+"),
        "phone_number_id": number.phone_number_id,
    }


def _before(ending: str) -> int:
    """How many of the usual states come before this end."""
    return {"sent": 0, "delivered": 1, "read": 2}.get(ending, 0)
