"""The agents' socket: replays the log from where the screen left off, then follows it."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import parse_qs

from django.contrib.auth import HASH_SESSION_KEY
from django.utils.crypto import constant_time_compare

from conversations import frames
from conversations.models import Conversation
from conversations.sockets import LastingConsumer, header, is_own_origin, off_loop
from helpdesk import realtime
from helpdesk.accounts import api_tokens
from helpdesk.accounts.models import ApiToken, User
from helpdesk.events import log

# A lost hint is found this soon; the same look tells whether the person may still be here.
HEARTBEAT_SECONDS = 20
# A screen that missed more than this is quicker with a fresh snapshot.
LONGEST_REPLAY = 3000
UNAUTHORISED, GONE = 4401, 4403
MAX_OPEN = 5
# Somebody who has not said so for this long is no longer looking.
PRESENCE_SECONDS = 60


class InboxConsumer(LastingConsumer):
    """``/ws/inbox/?after=<seq>``. Frames are described in docs/events.md."""

    heartbeat_seconds = HEARTBEAT_SECONDS
    user: User
    seq: int

    async def connect(self) -> None:
        """Authorise, then replay."""
        self.opened: list[int] = []
        # Who else looks at each of them: name, and when they last said so.
        self.present: dict[int, dict[int, tuple[str, float]]] = {}
        self.busy = asyncio.Lock()
        self.is_gone = False
        user = await self._who()
        await self.accept()
        if user is None:
            await self.close(code=UNAUTHORISED)
            return
        self.user = user
        await self.channel_layer.group_add(realtime.LOG, self.channel_name)
        newest = await off_loop(log.last_seq)()
        after = parse_qs(self.scope["query_string"].decode("latin-1")).get("after", [""])[0]
        self.seq = int(after) if after.isdecimal() and len(after) < 19 else newest
        if self.seq > newest or newest - self.seq > LONGEST_REPLAY:
            self.seq = newest
            await self.send_json({"type": "reset", "seq": newest})
        await self.send_json({"type": "ready", "seq": self.seq})
        self.start_looking()
        await self._catch_up()

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        await self.channel_layer.group_discard(realtime.LOG, self.channel_name)
        for conversation_id in list(self.opened):
            await self._leave(conversation_id)

    async def receive_json(self, content: Any, **_: Any) -> None:
        """What a screen may say: open, close, typing, ping."""
        if not isinstance(content, dict):
            return
        kind, conversation_id = content.get("type"), content.get("conversation")
        if kind == "ping":
            await self.send_json({"type": "pong"})
            await self._catch_up()
        elif not isinstance(conversation_id, int):
            return
        elif kind == "open" and await self._may_see(conversation_id):
            await self._enter(conversation_id)
        elif kind == "close" and conversation_id in self.opened:
            await self._leave(conversation_id)
        elif kind == "typing" and conversation_id in self.opened:
            await self._say(conversation_id, "typing")

    async def log_grew(self, message: dict[str, Any]) -> None:
        """A hint that there is more to read."""
        if message["seq"] > self.seq:
            await self._catch_up()

    async def log_restart(self, message: dict[str, Any]) -> None:
        """Rows went that no event speaks of: the screen is quicker with a fresh snapshot."""
        await self._catch_up()
        if not self.is_gone:
            await self.send_json({"type": "reset", "seq": self.seq})

    async def screen_typing(self, message: dict[str, Any]) -> None:
        """Somebody else is typing in a conversation this screen has open."""
        author = message["author"]
        if (author["kind"], author.get("id")) != ("agent", self.user.pk):
            await self.send_json({"type": "typing", "conversation": message["conversation"], "author": author})

    async def screen_presence(self, message: dict[str, Any]) -> None:
        """Somebody opened or left a conversation this screen has open."""
        agent, conversation_id = message["agent"], message["conversation"]
        if agent["id"] == self.user.pk or conversation_id not in self.opened:
            return
        here = self.present.setdefault(conversation_id, {})
        if agent["state"] == "left":
            here.pop(agent["id"], None)
        else:
            here[agent["id"]] = (agent["name"], time.monotonic())
        await self._show_present(conversation_id)
        if agent["state"] == "arrived":
            await self._say(conversation_id, "presence", state="viewing")

    async def _show_present(self, conversation_id: int) -> None:
        fresh = time.monotonic() - PRESENCE_SECONDS
        here = {who: seen for who, seen in self.present.get(conversation_id, {}).items() if seen[1] > fresh}
        self.present[conversation_id] = here
        agents = [{"id": who, "name": name, "state": "viewing"} for who, (name, _) in sorted(here.items())]
        await self.send_json({"type": "presence", "conversation": conversation_id, "agents": agents})

    async def _catch_up(self) -> None:
        """Send what lies after this screen's place, one pump at a time; who may no longer look is sent away."""
        async with self.busy:
            while not self.is_gone:
                batch = await off_loop(_news)(self.scope, self.user.pk, self.seq)
                if batch is None:
                    self.is_gone = True
                    await self.close(code=GONE)
                    return
                for frame in batch:
                    await self.send_json(frame)
                    self.seq = frame["seq"]
                if len(batch) < frames.LIMIT:
                    return

    async def look(self) -> None:
        """The heartbeat: may the person still be here, what is new, and who else is here."""
        await self._catch_up()
        if self.is_gone:
            return
        for conversation_id in self.opened:
            await self._say(conversation_id, "presence", state="viewing")
            await self._show_present(conversation_id)

    async def _who(self) -> User | None:
        """The token's owner, or the session's person where the page is ours."""
        if key := _bearer(self.scope):
            token = await off_loop(api_tokens.find)(key)
            return token.user if token and ApiToken.Scope.READ in token.scopes else None
        user = self.scope.get("user")
        return user if isinstance(user, User) and user.is_active and is_own_origin(self.scope) else None

    async def _may_see(self, conversation_id: int) -> bool:
        visible = Conversation.objects.visible_to(self.user).filter(pk=conversation_id)
        return bool(await off_loop(visible.exists)())

    async def _enter(self, conversation_id: int) -> None:
        if conversation_id not in self.opened:
            for old in self.opened[: -(MAX_OPEN - 1)]:
                await self._leave(old)
            self.opened.append(conversation_id)
            await self.channel_layer.group_add(_screens(conversation_id), self.channel_name)
        await self._say(conversation_id, "presence", state="arrived")

    async def _leave(self, conversation_id: int) -> None:
        self.opened.remove(conversation_id)
        self.present.pop(conversation_id, None)
        await self.channel_layer.group_discard(_screens(conversation_id), self.channel_name)
        await self._say(conversation_id, "presence", state="left")

    async def _say(self, conversation_id: int, what: str, **more: Any) -> None:
        person = {"kind": "agent", "id": self.user.pk, "name": self.user.name, **more}
        message = {"type": f"screen.{what}", "conversation": conversation_id, "author": person, "agent": person}
        await realtime.hint(_screens(conversation_id), message)


def _bearer(scope: dict[str, Any]) -> str:
    """The API key of the handshake. Other schemes, such as a proxy's own password, are not ours to read."""
    scheme, _, key = header(scope, "authorization").strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _screens(conversation_id: int) -> str:
    return realtime.group_of(f"conversation:{conversation_id}")


def _news(scope: dict[str, Any], user_id: int, seq: int) -> list[dict[str, Any]] | None:
    """The frames after a number of the log; None where the person may not be here any more."""
    user = _welcome(scope, user_id)
    return None if user is None else frames.after(seq, user)


def _welcome(scope: dict[str, Any], user_id: int) -> User | None:
    """The person as of now, if the log-in that opened the socket still stands."""
    if key := _bearer(scope):
        token = api_tokens.find(key)
        return token.user if token else None
    user = User.objects.active().filter(pk=user_id).first()
    session = scope.get("session")
    if user is None or session is None:
        return user
    is_same = constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if is_same and session.exists(session.session_key) else None
