"""The chat window: the widget's socket, and what a browser would show of it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from websockets.sync.client import connect

from helpdesk.simulation.waiting import DidNotHappen

T = TypeVar("T")
Row = dict[str, Any]


class ChatWindow:
    """One browser's window. It holds the newest version of every row it was ever sent."""

    def __init__(self, url: str) -> None:
        self.rows: dict[tuple[str, int], Row] = {}
        self.errors: list[str] = []
        self.conversation: int | None = None
        self._accepted: dict[str, int] = {}
        self._is_ready = False
        self._socket = connect(url, proxy=None, max_queue=None)
        self._send({"type": "hello"})
        self.wait(lambda: self._is_ready, "The chat window opens")

    def close(self) -> None:
        """Leave the page."""
        self._socket.close()

    def say(self, text: str) -> int:
        """Write a message; its id."""
        client_id = uuid.uuid4().hex
        self._send({"type": "message", "client_id": client_id, "text": text})
        return self.wait(lambda: self._accepted.get(client_id), "The chat message is accepted")

    def verify(self, code: str) -> None:
        """Type a code into the card that asks for it."""
        self._send({"type": "verify", "code": code})

    def claim(self, address: str) -> None:
        """Leave an address in the window's form."""
        self._send({"type": "claim", "address": address})

    def shown(self, kind: str) -> list[Row]:
        """The rows of a kind, oldest first."""
        return [row for key, row in sorted(self.rows.items()) if key[0] == kind]

    def answer_to(self, message: int) -> Row:
        """The assistant's message after one of hers."""

        def look() -> Row | None:
            said = [row for row in self.shown("message") if row["id"] > message]
            return next((row for row in said if row["author"]["kind"] == "ai"), None)

        return self.wait(look, "The assistant answers in the window", seconds=60)

    def challenge(self, state: str) -> Row:
        """The newest card that asks for a code, once it is in this state."""

        def look() -> Row | None:
            newest = self.shown("challenge")[-1:]
            return next((row for row in newest if row["state"] == state), None)

        return self.wait(look, f"The card for the code is {state}")

    def wait(self, look: Callable[[], T | None], what: str, *, seconds: float = 30.0) -> T:
        """Read frames until there is what is looked for. Raises DidNotHappen when the time is over."""
        deadline = time.monotonic() + seconds
        while True:
            found = look()
            if found:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise DidNotHappen(f"{what}: not within {seconds:.0f} s ({'; '.join(self.errors) or 'no error shown'})")
            self.read(left)

    def watch(self, seconds: float) -> None:
        """Look at the window for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def read(self, seconds: float) -> None:
        """Take in one frame, or let the time pass."""
        try:
            frame = json.loads(self._socket.recv(timeout=seconds))
        except TimeoutError:
            return
        match frame["type"]:
            case "ready":
                self._is_ready, self.conversation = True, frame["conversation"]
            case "accepted":
                self._accepted[frame["client_id"]] = frame["id"]
            case "error":
                self.errors.append(frame["code"])
        for row in frame.get("objects", []):
            self._take(row)

    def _take(self, row: Row) -> None:
        key = (row["kind"], row["id"])
        if key not in self.rows or self.rows[key]["version"] <= row["version"]:
            self.rows[key] = row
        if row["kind"] == "conversation":
            self.conversation = row["id"]

    def _send(self, frame: Row) -> None:
        self._socket.send(json.dumps(frame))
