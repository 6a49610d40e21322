"""Where the providers' doubles of a demo listen: chosen once per data directory, since channels are set up with it."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass, fields
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class DoublePorts:
    """The loopback ports of ``python -m doubles``."""

    twilio: int
    smtp: int
    graph: int

    @property
    def twilio_url(self) -> str:
        return f"http://{HOST}:{self.twilio}"

    @property
    def graph_url(self) -> str:
        return f"http://{HOST}:{self.graph}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://{HOST}:{self.smtp}"


def ports(data_dir: Path, *, near: int) -> DoublePorts:
    """The ports kept in ``<data>/doubles.json``; what is missing there gets a fresh one just above ``near``."""
    path = data_dir / "doubles.json"
    kept: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    known = {one.name: kept[one.name] for one in fields(DoublePorts) if one.name in kept}
    for one in fields(DoublePorts):
        if one.name not in known:
            known[one.name] = _free_port(max(near, *known.values()) + 1 if known else near + 1)
    chosen = DoublePorts(**known)
    if asdict(chosen) != kept:
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
