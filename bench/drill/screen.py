"""An agent's open inbox: follows the log, replays what it missed after each cut."""

from __future__ import annotations

import time

from bench.drill.rows import Rows
from bench.drill.socket import Frame, Link
from helpdesk.simulation.place import Place


class Screen(Link):
    """``/ws/inbox/`` by Bearer token. What is amiss in the stream itself stands in ``complaints``."""

    def __init__(self, place: Place, token: str) -> None:
        super().__init__()
        self.rows = Rows()
        self.seq = 0
        self.complaints: list[str] = []
        # When each text was first shown, by the monotonic clock.
        self.shown_at: dict[str, float] = {}
        self._url = f"{place.base_url.replace('http', 'ws', 1)}/ws/inbox/"
        self._token = token

    def url(self) -> str:
        """With our place in the log, once we have one."""
        return f"{self._url}?after={self.seq}" if self.seq else self._url

    def headers(self) -> dict[str, str]:
        """The person's token."""
        return {"Authorization": f"Bearer {self._token}"}

    async def heard(self, frame: Frame) -> None:
        """Events come in the log's order, each once, none left out: this person may see them all."""
        if frame["type"] == "ready":
            self.seq = self.seq or frame["seq"]
            self.is_ready.set()
        elif frame["type"] == "reset":
            self.complaints.append(f"the screen was told to start over at {frame['seq']}")
        elif frame["type"] == "event":
            if frame["seq"] != self.seq + 1:
                self.complaints.append(f"event {frame['seq']} came after {self.seq}")
            self.seq = frame["seq"]
            self.rows.apply(frame)
            for row in frame["objects"]:
                if row["kind"] == "message":
                    self.shown_at.setdefault(row["text"].strip(), time.monotonic())
