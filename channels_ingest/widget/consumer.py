"""The customer's socket: ``/ws/widget/<key>/``. Frames are described in docs/events.md."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError

from channels_ingest.widget import embedding, rows, session, tokens
from conversations.models import Channel
from conversations.sockets import AWAY, TRY_AGAIN_LATER, LastingConsumer, header, off_loop
from helpdesk import realtime

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 25
# A window says at most so often that it is there.
HERE_SECONDS = 20.0
# Frames one window may send within ten seconds before it is told to slow down.
BURST, BURST_SECONDS = 30, 10.0
NOT_FOUND, NOT_ALLOWED = 4404, 4403
PATIENCE_SECONDS, PAUSE_SECONDS = 6.0, 0.25
TEXTS = {
    "not_ready": "Say hello first.",
    "unreadable": "This message could not be read.",
    "too_fast": "Please slow down a little.",
    "wrong_code": "That code is not right, or it is too old.",
    "no_address": "That does not look like a phone number or an e-mail address.",
    "try_again": "Something went wrong here. Your message is kept; please try again.",
}


class WidgetConsumer(LastingConsumer):
    """One chat window."""

    heartbeat_seconds = HEARTBEAT_SECONDS
    channel: Channel | None

    async def connect(self) -> None:
        """Known channels only, from pages that may embed it."""
        self.visitor = ""
        self.is_greeted = False
        self.token = ""
        self.seq = 0
        self.here_at = 0.0
        self.joined: set[str] = set()
        self.busy = asyncio.Lock()
        self.recent: deque[float] = deque()
        self.channel = await off_loop(session.find_channel)(self.scope["url_route"]["kwargs"]["key"])
        await self.accept()
        if self.channel is None:
            await self.close(code=NOT_FOUND)
        elif not embedding.is_own_page(header(self.scope, "origin"), header(self.scope, "host"), settings.PUBLIC_URLS):
            await self.close(code=NOT_ALLOWED)

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        for group in list(self.joined):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **_: Any) -> None:
        """One frame from the window. Nothing of an error inside is ever told."""
        if self._is_too_fast():
            await self._error("too_fast", content)
            return
        kind = content.get("type") if isinstance(content, dict) else None
        handler = {
            "hello": self._hello,
            "message": self._message,
            "verify": self._verify,
            "claim": self._claim,
            "typing": self._typing,
            "seen": self._seen,
            "ping": self._ping,
        }.get(kind if isinstance(kind, str) else "")
        if handler is None:
            await self._error("unreadable", content)
        elif not self.visitor and kind != "hello":
            await self._error("not_ready", content)
        else:
            try:
                await handler(content)
            except Exception:
                logger.exception("Widget frame %s", kind)
                if self.is_greeted:
                    await self._error("try_again", content)
                else:
                    await self.close(code=TRY_AGAIN_LATER)  # a window that got no greeting comes again

    async def log_grew(self, message: dict[str, Any]) -> None:
        """A hint that this conversation has news."""
        if message["seq"] > self.seq:
            await self.look()

    async def screen_typing(self, message: dict[str, Any]) -> None:
        """An agent is typing."""
        author = message["author"]
        if author["kind"] == "agent":
            await self.send_json({"type": "typing", "author": {"kind": "agent", "name": author["name"]}})

    async def screen_presence(self, message: dict[str, Any]) -> None:
        """Who looks at the conversation is not the customer's to know."""

    async def _hello(self, frame: dict[str, Any]) -> None:
        assert self.channel is not None
        token = frame.get("token")
        known = tokens.read(token, self.channel.pk) if isinstance(token, str) else None
        self.visitor = known or tokens.new_visitor()
        ready = await off_loop(session.hello)(self.channel, self.visitor)
        self.token, newest = ready["token"], ready["seq"]
        await self._join_groups()
        after = frame.get("after")
        replays = known is not None and type(after) is int and 0 <= after <= newest
        self.seq = int(after or 0) if replays else newest
        await self.send_json(ready)
        self.is_greeted = True
        self.start_looking()
        await self.look()

    async def _message(self, frame: dict[str, Any]) -> None:
        client_id, text = frame.get("client_id"), frame.get("text")
        if not isinstance(client_id, str) or not isinstance(text, str):
            await self._error("unreadable", frame)
            return
        sent = await self._say_patiently(client_id, text)
        if sent.message_id is None:
            await self._error("try_again" if sent.is_kept else "unreadable", frame, text=sent.error)
            return
        await self.send_json({"type": "accepted", "client_id": client_id, "id": sent.message_id})
        try:
            await self._join_groups()
            await self.look()
        except AWAY as error:  # what was accepted is not taken back for that
            self.look_again(error)

    async def _say_patiently(self, client_id: str, text: str) -> session.Sent:
        """A database that restarts is back within seconds: the visitor need not know."""
        deadline: float | None = None
        while True:
            try:
                sent: session.Sent = await off_loop(session.say)(
                    self.channel, self.visitor, self.token, client_id, text
                )
            except (OperationalError, InterfaceError):
                deadline = deadline or time.monotonic() + PATIENCE_SECONDS
                if time.monotonic() > deadline:
                    raise
            else:
                return sent
            await asyncio.sleep(PAUSE_SECONDS)

    async def _verify(self, frame: dict[str, Any]) -> None:
        code = frame.get("code")
        if not isinstance(code, str) or not await off_loop(session.verify)(self.visitor, code[:40]):
            await self._error("wrong_code", frame)
        await self._join_groups()
        await self.look()

    async def _claim(self, frame: dict[str, Any]) -> None:
        address = frame.get("address")
        if not isinstance(address, str) or not await off_loop(session.claim)(self.visitor, address[:320]):
            await self._error("no_address", frame)
        await self.look()

    async def _typing(self, frame: dict[str, Any]) -> None:
        author = {"kind": "customer", "name": ""}
        for group in self.joined:
            if group.startswith("conversation."):
                conversation_id = int(group.split(".")[1])
                await realtime.hint(group, {"type": "screen.typing", "conversation": conversation_id, "author": author})

    async def _seen(self, frame: dict[str, Any]) -> None:
        message_id = frame.get("message")
        if type(message_id) is int:
            await off_loop(session.seen)(self.visitor, message_id)

    async def _ping(self, frame: dict[str, Any]) -> None:
        await self.send_json({"type": "pong"})
        await self.look()

    async def look(self) -> None:
        """Send what this session may see and has not seen."""
        if not self.visitor:
            return
        await self._stay()
        async with self.busy:
            while True:
                frames, reached = await off_loop(session.news)(self.visitor, self.seq)
                for frame in frames:
                    await self.send_json(frame)
                is_done = len(frames) < session.REPLAY_LIMIT
                self.seq = max(self.seq, reached)
                if is_done:
                    break
        await self._join_groups()

    async def _stay(self) -> None:
        now = time.monotonic()
        if now - self.here_at > HERE_SECONDS:
            self.here_at = now
            await off_loop(session.note_here)(self.visitor)

    async def _join_groups(self) -> None:
        """Follow the customer and the conversation, which change when records join."""
        wanted = {realtime.group_of(subject) for subject in await off_loop(_subjects)(self.visitor)}
        for group in wanted - self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.joined - wanted:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.joined = wanted

    async def _error(self, code: str, frame: Any, *, text: str = "") -> None:
        client_id = frame.get("client_id") if isinstance(frame, dict) else None
        answer = {"type": "error", "code": code, "text": text or TEXTS[code]}
        if isinstance(client_id, str):
            answer["client_id"] = client_id[:64]
        await self.send_json(answer)

    def _is_too_fast(self) -> bool:
        now = time.monotonic()
        while self.recent and now - self.recent[0] > BURST_SECONDS:
            self.recent.popleft()
        self.recent.append(now)
        return len(self.recent) > BURST


def _subjects(visitor: str) -> list[str]:
    identity = session.find_identity(visitor)
    if identity is None:
        return []
    conversation = rows.current(identity)
    mine = [f"customer:{identity.customer_id}"]
    return mine + ([f"conversation:{conversation.pk}"] if conversation else [])
