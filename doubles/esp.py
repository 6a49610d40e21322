"""A stateful double of two mail services, Postmark and Mailgun (below ``/v3/``), in one process.

Besides their APIs it answers ``GET /`` (health), ``GET /log``, ``POST /reset``, ``POST /behaviour``,
``POST /accounts``, ``POST /simulate/inbound`` (a raw mail, posted to the account's webhook) and
``POST /simulate/event``.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx

from doubles import esp_inbound, esp_mailgun, esp_postmark, esp_tracking, http
from doubles.esp_store import Account, EspStore, SentMail
from doubles.http import DropConnection, Request, Response


class EspDouble:
    """The services, their accounts, and the webhooks they call."""

    def __init__(self) -> None:
        self.store = EspStore()
        self._server: asyncio.Server | None = None
        self._client: httpx.AsyncClient | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> str:
        """Listen; the base URL (Postmark's; Mailgun's has /v3/ behind). Port 0 takes a free one."""
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(15.0, connect=5.0), trust_env=False)
        self._server = await http.serve(self.answer, host, port)
        return f"http://{host}:{http.port_of(self._server)}"

    async def stop(self) -> None:
        """Stop listening and calling."""
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        if self._client:
            await self._client.aclose()

    @property
    def is_busy(self) -> bool:
        """Whether reports are still on their way."""
        return bool(self._tasks)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        routes: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("GET", "/"): self._health,
            ("GET", "/log"): self._log,
            ("POST", "/reset"): self._reset,
            ("POST", "/behaviour"): self._behave,
            ("POST", "/accounts"): self._add_account,
            ("POST", "/simulate/inbound"): self._simulate_inbound,
            ("POST", "/simulate/event"): self._simulate_event,
        }
        route = routes.get((request.method, request.path))
        return await route(request) if route else await self._as_service(request)

    async def _as_service(self, request: Request) -> Response:
        answered = esp_postmark.answer(request, self.store) or esp_mailgun.answer(request, self.store)
        if answered is None:
            return Response.of({"detail": "not found"}, 404)
        response, mail = answered
        self.store.requests.append({"method": request.method, "path": request.path, "status": response.status})
        behaviour = self.store.behaviour
        odd = behaviour.next.popleft() if behaviour.next and request.method == "POST" else None
        if mail and (odd is None or odd.is_taken):
            await self._take(mail)
        if odd is None:
            return response
        await asyncio.sleep(odd.hang_seconds)
        if odd.is_dropped:
            raise DropConnection
        return replace(Response.of(odd.content or {}, odd.status), headers=odd.headers)

    async def _take(self, mail: SentMail) -> None:
        behaviour = self.store.behaviour
        self.store.mails.append(mail)
        events = behaviour.events.popleft() if behaviour.events else ["delivered"]
        if behaviour.is_silent:
            return
        if behaviour.is_early:
            await self._report(mail, events)
            return
        task = asyncio.get_running_loop().create_task(self._report(mail, events))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _report(self, mail: SentMail, events: list[str]) -> None:
        account = next((one for one in self.store.accounts if one.service == mail.service and one.tracking_url), None)
        for recipient in mail.recipients if account else []:
            for event in events:
                assert account is not None
                json = esp_tracking.report(mail, event, account, recipient)
                await self._post(account.tracking_url, event, json=json)

    async def _post(self, url: str, what: str, **body: Any) -> httpx.Response | None:
        assert self._client is not None
        outcome: int | str
        answer: httpx.Response | None = None
        try:
            answer = await self._client.post(url, **body)
            outcome = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = type(error).__name__
        self.store.webhooks.append({"event": what, "answer": outcome})
        return answer

    async def _health(self, request: Request) -> Response:
        return Response.of({"double": "esp"})

    async def _log(self, request: Request) -> Response:
        return Response.of(self.store.log())

    async def _reset(self, request: Request) -> Response:
        self.store.reset()
        return Response.of({"reset": True})

    async def _behave(self, request: Request) -> Response:
        self.store.behaviour.change(request.json())
        return Response.of({"changed": True})

    async def _add_account(self, request: Request) -> Response:
        account = Account(**request.json())
        self.store.accounts = [one for one in self.store.accounts if one.service != account.service]
        self.store.accounts.append(account)
        return Response.of({"added": account.service})

    async def _simulate_inbound(self, request: Request) -> Response:
        """``service``, ``recipient`` and ``raw_base64``; ``times`` posts the same again."""
        wanted = request.json()
        account = self._account(str(wanted["service"]))
        raw, recipient = base64.b64decode(wanted["raw_base64"]), str(wanted["recipient"])
        if account.service == "postmark":
            body: dict[str, Any] = {"json": esp_inbound.postmark(raw, recipient, account)}
        else:
            fields, files = esp_inbound.mailgun(raw, recipient, account)
            body = {"data": fields, **({"files": files} if files else {})}
        answers = [await self._post(account.inbound_url, "inbound", **body) for _ in range(int(wanted.get("times", 1)))]
        return Response.of({"statuses": [one.status_code if one else 0 for one in answers]})

    async def _simulate_event(self, request: Request) -> Response:
        """``id`` of a mail, the ``event`` to report of it and the ``recipient`` it is about, the first unless named."""
        wanted = request.json()
        mail = next(one for one in self.store.mails if one.id == wanted["id"])
        account = self._account(mail.service)
        event = str(wanted["event"])
        json = esp_tracking.report(mail, event, account, str(wanted.get("recipient", "")))
        answer = await self._post(account.tracking_url, event, json=json)
        return Response.of({"status": answer.status_code if answer else 0})

    def _account(self, service: str) -> Account:
        return next(one for one in self.store.accounts if one.service == service)
