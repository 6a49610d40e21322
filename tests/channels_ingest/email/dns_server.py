"""A small name server on loopback: it serves TXT records, and can keep silent, fail, or count what it is asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass(slots=True)
class NameServer:
    """What it knows and how it behaves. Names are written without the last dot."""

    port: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    silent_about: set[str] = field(default_factory=set)
    failing_about: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    @property
    def setting(self) -> list[str]:
        """The value of ``DNS_SERVERS`` that leads here."""
        return [f"127.0.0.1:{self.port}"]

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text().rstrip(".").lower()
        self.asked.append(name)
        if any(name == one or name.endswith("." + one) for one in self.silent_about) or "*" in self.silent_about:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if any(name.endswith(one) for one in self.failing_about):
            response.set_rcode(dns.rcode.SERVFAIL)
        elif question.rdtype == dns.rdatatype.TXT and name in self.texts:
            pieces = [self.texts[name][start : start + 200] for start in range(0, len(self.texts[name]), 200)]
            quoted = " ".join(f'"{piece}"' for piece in pieces)
            response.answer.append(dns.rrset.from_text(question.name, 300, "IN", "TXT", quoted))
        elif name:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire(max_size=65_535)


@contextlib.contextmanager
def serving() -> Iterator[NameServer]:
    """A running server, gone with the block."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
        place.bind(("127.0.0.1", 0))
        place.settimeout(0.1)
        server, stop = NameServer(place.getsockname()[1]), threading.Event()

        def run() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    wire, asker = place.recvfrom(65_535)
                    if (found := server.answer(wire)) is not None:
                        place.sendto(found, asker)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()
