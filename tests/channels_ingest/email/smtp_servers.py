"""A scripted SMTP server on a local socket, for every way a conversation can end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedRWPair

CLOSE = "close"


@dataclass(slots=True)
class ScriptedServer:
    """What it answers to each command."""

    port: int
    replies: dict[str, str]

    def serve(self, listener: socket.socket) -> None:
        """One session; a client that goes away ends it."""
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: BufferedRWPair) -> None:
        self._answer(stream, self.replies.get("greeting", "220 ready"))
        in_data = False
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if in_data and line != ".":
                continue
            command = line.split(" ")[0].upper()
            reply = self.replies.get(command, _DEFAULTS.get(command, "250 ok"))
            if reply == CLOSE:
                return
            in_data = reply.startswith("354")
            self._answer(stream, reply)

    def _answer(self, stream: BufferedRWPair, reply: str) -> None:
        stream.write(reply.encode() + b"\r\n")
        stream.flush()


_DEFAULTS = {"EHLO": "250-acme\r\n250-SIZE 1000000\r\n250 AUTH PLAIN", "DATA": "354 go on", "QUIT": "221 bye"}


@contextmanager
def scripted(**replies: str) -> Iterator[ScriptedServer]:
    """A server for one session; ``end`` is its answer to the dot that ends a mail."""
    if "end" in replies:
        replies["."] = replies.pop("end")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ScriptedServer(listener.getsockname()[1], replies)
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        listener.close()
        thread.join(timeout=5)
