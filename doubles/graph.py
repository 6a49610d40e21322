"""A stateful double of Meta's Graph API for WhatsApp: several numbers, one app or more.

Besides the API it answers ``GET /`` (health), ``GET /log``, ``POST /reset``, ``POST /behaviour``,
``POST /numbers``, ``POST /templates`` (adds one, or changes it), ``POST /simulate/inbound``, and
``POST /simulate/template-status`` and ``POST /simulate/preference``, which notify of what they change.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from doubles import http
from doubles.graph_rest import GraphRest, Refusal
from doubles.graph_store import GraphStore, Number, StoredMedia, StoredMessage, new_message_id
from doubles.graph_templates import Template
from doubles.graph_webhooks import Notifier
from doubles.http import Request, Response


class GraphDouble:
    """Numbers are told by ``POST /numbers``; one nobody told of sends, but nobody is notified of it."""

    def __init__(self) -> None:
        self.store = GraphStore()
        self._rest = GraphRest(self.store, on_taken=self._play)
        self._server: asyncio.Server | None = None
        self._notifier: Notifier | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> str:
        """Listen; the base URL. Port 0 takes a free one."""
        self._notifier = Notifier(self.store)
        self._server = await http.serve(self.answer, host, port)
        self._rest.base_url = f"http://{host}:{http.port_of(self._server)}"
        return self._rest.base_url

    async def stop(self) -> None:
        """Stop listening and notifying."""
        if self._server:
            self._server.close()
        self._forget_calls()
        if self._notifier:
            await self._notifier.close()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path.startswith("/v"):
            return await self._rest.answer(request)
        if request.path.startswith("/media/"):
            try:
                return self._rest.answer_media_host(request)
            except Refusal as refusal:
                return refusal.response()
        routes: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("GET", "/"): self._health,
            ("GET", "/log"): self._log,
            ("POST", "/reset"): self._reset,
            ("POST", "/behaviour"): self._behave,
            ("POST", "/numbers"): self._add_number,
            ("POST", "/templates"): self._put_template,
            ("POST", "/simulate/inbound"): self._simulate_inbound,
            ("POST", "/simulate/template-status"): self._simulate_template_status,
            ("POST", "/simulate/preference"): self._simulate_preference,
        }
        route = routes.get((request.method, request.path))
        return await route(request) if route else Response.of({"detail": "not found"}, 404)

    async def _health(self, request: Request) -> Response:
        return Response.of({"double": "graph"})

    async def _log(self, request: Request) -> Response:
        return Response.of(self.store.log())

    async def _reset(self, request: Request) -> Response:
        self._forget_calls()
        self.store.reset()
        return Response.of({"reset": True})

    async def _behave(self, request: Request) -> Response:
        self.store.behaviour.change(request.json(), self.store.windows)
        return Response.of({"changed": True})

    async def _add_number(self, request: Request) -> Response:
        number = Number(**{name: str(value) for name, value in request.json().items()})
        self.store.numbers[number.phone_number_id] = number
        return Response.of({"added": number.phone_number_id})

    async def _put_template(self, request: Request) -> Response:
        template = Template(**request.json())
        self.store.put_template(template)
        return Response.of({"id": template.id})

    async def _simulate_template_status(self, request: Request) -> Response:
        """Meta judges a template: ``name``, ``language``, ``event`` ("APPROVED", "PAUSED" …), ``reason``. The app of
        ``phone_number_id`` is notified."""
        wanted = request.json()
        name, language = str(wanted["name"]), str(wanted.get("language", "en"))
        found = next((one for one in self.store.templates if (one.name, one.language) == (name, language)), None)
        if found is None:
            return Response.of({"detail": "no such template"}, 400)
        found.status = str(wanted["event"])
        value = {
            "event": found.status,
            "message_template_id": int(found.id),
            "message_template_name": name,
            "message_template_language": language,
            "reason": str(wanted.get("reason", "NONE")),
            "message_template_category": found.category,
        }
        return await self._notify(wanted, value, "message_template_status_update")

    async def _simulate_preference(self, request: Request) -> Response:
        """A person (``from``) stops advertisements, or resumes them: ``value`` is "stop" or "resume"."""
        wanted = request.json()
        person, value = str(wanted["from"]).removeprefix("+"), str(wanted["value"])
        pair = (str(wanted["phone_number_id"]), person)
        (self.store.no_marketing.add if value == "stop" else self.store.no_marketing.discard)(pair)
        told = {
            "wa_id": person,
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(time.time()),
        }
        contact = {"profile": {"name": str(wanted.get("name", "Double"))}, "wa_id": person}
        return await self._notify(wanted, {"contacts": [contact], "user_preferences": [told]}, "user_preferences")

    async def _notify(self, wanted: dict[str, Any], value: dict[str, Any], field: str) -> Response:
        number = self.store.numbers.get(str(wanted["phone_number_id"]))
        url = str(wanted.get("url") or (number.webhook_url if number else ""))
        if number is None or not url or self._notifier is None:
            return Response.of({"detail": "this number or its webhook is not known"}, 400)
        try:
            answer = await self._notifier.post(url, number, value, field=field)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Response.of({"detail": f"no answer: {type(error).__name__}"}, 502)
        return Response.of({"status": answer.status_code})

    async def _simulate_inbound(self, request: Request) -> Response:
        """Post a signed message to the number's webhook (or ``url``); what it answered.

        ``from`` and ``user_id`` name the person (either may be left out), ``text``, ``media`` or ``message``
        (Meta's own members) what was said, ``at`` when, in seconds since 1970.
        """
        wanted = request.json()
        number = self.store.numbers.get(str(wanted["phone_number_id"]))
        url = str(wanted.get("url") or (number.webhook_url if number else ""))
        if number is None or not number.app_secret or not url or self._notifier is None:
            return Response.of({"detail": "this number, its app secret or its webhook is not known"}, 400)
        message = self._inbound(wanted)
        people = [str(wanted[name]).removeprefix("+") for name in ("from", "user_id") if wanted.get(name)]
        for person in people:
            self.store.windows.heard(
                number.phone_number_id, person, datetime.fromtimestamp(int(message["timestamp"]), UTC)
            )
        contact: dict[str, Any] = {"profile": {"name": str(wanted.get("name", "Double"))}}
        contact |= {"wa_id": message["from"]} if "from" in message else {}
        contact |= {"user_id": message["from_user_id"]} if "from_user_id" in message else {}
        try:
            answer = await self._notifier.post(url, number, {"contacts": [contact], "messages": [message]})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Response.of({"detail": f"no answer: {type(error).__name__}"}, 502)
        content = {"status": answer.status_code, "message_id": message["id"], "answer": answer.text[:2000]}
        return Response.of(content)

    def _inbound(self, wanted: dict[str, Any]) -> dict[str, Any]:
        message: dict[str, Any] = {
            "id": str(wanted.get("message_id") or new_message_id()),
            "timestamp": str(int(float(wanted.get("at") or time.time()))),
        }
        if wanted.get("from"):
            message["from"] = str(wanted["from"]).removeprefix("+")
        if wanted.get("user_id"):
            message["from_user_id"] = str(wanted["user_id"])
        if wanted.get("context_id"):
            message["context"] = {"id": str(wanted["context_id"])}
        if "media" in wanted:
            message |= self._media(wanted["media"])
        elif "text" in wanted:
            message |= {"type": "text", "text": {"body": str(wanted["text"])}}
        return {**message, **wanted.get("message", {})}

    def _media(self, item: dict[str, Any]) -> dict[str, Any]:
        """A file that somebody sends: ``type``, ``content_type``, ``content_base64``, and what Meta knows besides."""
        kind, content = str(item.get("type", "image")), base64.b64decode(item["content_base64"])
        media = StoredMedia(str(item["content_type"]), content)
        more: dict[str, Any] = {
            name: item[name] for name in ("caption", "filename", "voice", "animated") if name in item
        }
        part: dict[str, Any] = {
            "id": self.store.add_media(media),
            "mime_type": media.content_type,
            "sha256": media.sha256,
            **more,
        }
        found: dict[str, Any] = {"type": kind, kind: part}
        return found

    def _forget_calls(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def _play(self, message: StoredMessage) -> None:
        if self._notifier:
            task = asyncio.get_running_loop().create_task(self._notifier.play(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
