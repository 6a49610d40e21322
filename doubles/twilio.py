"""A stateful double of Twilio's messaging API.

Besides the API it answers ``GET /`` (health), ``GET /log``, ``POST /reset``, ``POST /behaviour``,
``POST /accounts``, ``POST /contents`` (templates), ``POST /simulate/inbound``, ``POST /simulate/opt-out``, and what
``twilio_calls`` says of calls.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from doubles import http, twilio_whatsapp
from doubles.http import Request, Response
from doubles.twilio_calls import TwilioCalls
from doubles.twilio_content import Content
from doubles.twilio_rest import TwilioRest
from doubles.twilio_store import StoredMessage, TwilioStore, new_sid
from doubles.twilio_webhooks import WebhookCaller


class TwilioDouble:
    """``accounts`` maps account SIDs to auth tokens. Without any, the first token an account shows is its token."""

    def __init__(self, accounts: dict[str, str] | None = None) -> None:
        self.accounts = dict(accounts or {})
        self.store = TwilioStore()
        self._rest = TwilioRest(self.store, self.accounts, on_taken=self._play)
        self.calls = TwilioCalls(self.store, self.accounts)
        self._server: asyncio.Server | None = None
        self._caller: WebhookCaller | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> str:
        """Listen; the base URL. Port 0 takes a free one."""
        self._caller = WebhookCaller(self.store, self.accounts)
        self._server = await http.serve(self.answer, host, port)
        self._rest.base_url = f"http://{host}:{http.port_of(self._server)}"
        self.calls.base_url, self.calls.caller = self._rest.base_url, self._caller
        return self._rest.base_url

    async def stop(self) -> None:
        """Stop listening and calling."""
        if self._server:
            self._server.close()
        self._forget_calls()
        if self._caller:
            await self._caller.close()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path.startswith(("/2010-04-01/", "/v1/")):
            return await self._rest.answer(request)
        if request.path.startswith("/media/"):
            return self._rest.answer_media_host(request)
        if request.path == "/simulate/call" or request.path.startswith("/simulate/call/"):
            return await self.calls.answer(request)
        routes: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("GET", "/"): self._health,
            ("GET", "/log"): self._log,
            ("POST", "/reset"): self._reset,
            ("POST", "/behaviour"): self._behave,
            ("POST", "/accounts"): self._add_account,
            ("POST", "/contents"): self._put_content,
            ("POST", "/simulate/inbound"): self._simulate_inbound,
            ("POST", "/simulate/opt-out"): self._simulate_opt_out,
        }
        route = routes.get((request.method, request.path))
        return await route(request) if route else Response.of({"detail": "not found"}, 404)

    async def _health(self, request: Request) -> Response:
        return Response.of({"double": "twilio"})

    async def _log(self, request: Request) -> Response:
        to = request.params.get("to")
        return Response.of(self.store.log(to) if to else {**self.store.log(), "calls": self.calls.log()})

    async def _reset(self, request: Request) -> Response:
        self._forget_calls()
        self.store.reset()
        return Response.of({"reset": True})

    async def _behave(self, request: Request) -> Response:
        wanted = request.json()
        self.store.windows.is_strict = bool(wanted.pop("is_window_strict", self.store.windows.is_strict))
        self.store.behaviour.change(wanted)
        return Response.of({"changed": True})

    async def _add_account(self, request: Request) -> Response:
        """``sid`` and ``token``; ``numbers`` are the account's, each with its URLs (``sms_url``, ``voice_url``)."""
        account = request.json()
        self.accounts[str(account["sid"])] = str(account["token"])
        numbers = self.store.owned_numbers.setdefault(str(account["sid"]), {})
        for number, urls in dict(account.get("numbers", {})).items():
            numbers[str(number)] = {str(name): str(url) for name, url in dict(urls).items()}
        return Response.of({"added": account["sid"]})

    async def _put_content(self, request: Request) -> Response:
        """Add a template, or replace the one of its name and language, which keeps its SID."""
        content = Content(**request.json())
        named = [one for one in self.store.contents if one.friendly_name == content.friendly_name]
        before = next((one for one in named if one.language == content.language), None)
        if before is None:
            self.store.contents.append(content)
        else:
            content.sid = before.sid
            self.store.contents[self.store.contents.index(before)] = content
        return Response.of({"sid": content.sid})

    async def _simulate_opt_out(self, request: Request) -> Response:
        wanted = request.json()
        is_out = bool(wanted.get("is_out", True))
        self.store.set_opt_out(person=str(wanted["from"]), number=str(wanted.get("to", "")), is_out=is_out)
        return Response.of({"is_out": is_out})

    async def _simulate_inbound(self, request: Request) -> Response:
        """Post a signed message to ``url``; what it answered. ``fields`` adds to or replaces Twilio's own.

        One that ``is_lost`` is taken in and listed, and its webhook reaches nobody; the same ``message_sid`` again is
        its late webhook. ``at`` is when it came, in seconds since 1970.
        """
        wanted = request.json()
        account_sid = str(wanted["account_sid"])
        if not self.accounts.get(account_sid) or self._caller is None:
            return Response.of({"detail": "this account's auth token is not known"}, 400)
        fields = self._inbound_fields(wanted, account_sid)
        if wanted.get("is_lost") or self.store.behaviour.lost_webhook_count > 0:
            self.store.behaviour.lost_webhook_count -= 0 if wanted.get("is_lost") else 1
            return Response.of({"status": 0, "message_sid": fields["MessageSid"], "answer": ""})
        try:
            answer = await self._caller.call(str(wanted["url"]), account_sid, fields)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Response.of({"detail": f"no answer: {type(error).__name__}"}, 502)
        content = {"status": answer.status_code, "message_sid": fields["MessageSid"], "answer": answer.text[:2000]}
        return Response.of(content)

    def _inbound_fields(self, wanted: dict[str, Any], account_sid: str) -> dict[str, str]:
        media = [
            self.store.add_media(str(item["content_type"]), base64.b64decode(item["content_base64"]))
            for item in wanted.get("media", [])
        ]
        sid = str(wanted.get("message_sid") or new_sid("MM" if media else "SM"))
        message = StoredMessage(
            account_sid=account_sid,
            to=str(wanted["to"]),
            sender=str(wanted["from"]),
            body=str(wanted.get("body", "")),
            media=media,
            direction="inbound",
            status="received",
            sid=sid,
        )
        came_at = twilio_whatsapp.heard_at(wanted)
        known = self.store.messages.get(sid)
        message.created_at = came_at or (known.created_at if known else message.created_at)
        message.sent_at = message.created_at
        self.store.add(message)
        first_type = str(wanted["media"][0]["content_type"]) if media else ""
        of_whatsapp = twilio_whatsapp.inbound_fields(wanted, media_type=first_type)
        for person in {message.sender, of_whatsapp.get("ExternalUserId", "")} - {""} if of_whatsapp else ():
            self.store.windows.heard(message.to, person, twilio_whatsapp.heard_at(wanted))
        fields = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid),
            "AccountSid": account_sid,
            "From": message.sender,
            "To": message.to,
            "Body": message.body,
            "NumMedia": str(len(media)),
            "NumSegments": str(message.segment_count),
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            **of_whatsapp,
        }
        for number, (media_sid, item) in enumerate(zip(media, wanted.get("media", []), strict=True)):
            path = f"/2010-04-01/Accounts/{account_sid}/Messages/{sid}/Media/{media_sid}"
            fields[f"MediaUrl{number}"] = self._rest.base_url + path
            fields[f"MediaContentType{number}"] = str(item["content_type"])
        return {**fields, **{str(name): str(value) for name, value in wanted.get("fields", {}).items()}}

    def _forget_calls(self) -> None:
        self.calls.reset()
        for task in list(self._tasks):
            task.cancel()

    def _play(self, message: StoredMessage) -> None:
        if self._caller:
            task = asyncio.get_running_loop().create_task(self._caller.play(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
