"""Where the providers' doubles of a demo listen: chosen once per data directory, since channels are set up with it."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class DoublePorts:
    """The loopback ports of ``python -m doubles``."""

    twilio: int
    smtp: int

    @property
    def twilio_url(self) -> str:
        return f"http://{HOST}:{self.twilio}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://{HOST}:{self.smtp}"


def ports(data_dir: Path, *, near: int) -> DoublePorts:
    """The ports kept in ``<data>/doubles.json``, or fresh ones just above ``near``."""
    path = data_dir / "doubles.json"
    if path.exists():
        return DoublePorts(**json.loads(path.read_text()))
    twilio = _free_port(near + 1)
    chosen = DoublePorts(twilio, _free_port(twilio + 1))
    path.write_text(json.dumps(asdict(chosen)))
    return chosen


def _free_port(first: int) -> int:
    # Not one of the system's choosing: those are handed out to others while we are down.
    for port in range(first, first + 200):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((HOST, port))
            except (OSError, OverflowError):
                continue
            return port
    return _free_port(8001)
