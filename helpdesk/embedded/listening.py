"""The web's listening socket: opened by ``up`` and passed down, so that it outlives any web process."""

from __future__ import annotations

import errno
import socket

from helpdesk.embedded.errors import CannotStart, Refused

BACKLOG = 2048
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with, not bound


def open_socket(host: str, port: int) -> socket.socket:
    """Bind and listen at once, so that nobody else can take the port while the stack starts.

    Connections made meanwhile wait instead of being refused. ``Refused`` when the port is taken.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise CannotStart(f"The host {host!r} can't be resolved: {error.strerror}.") from error
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"Port {port} on {host} is in use. Choose another with --port (make run PORT=...).") from None
        raise CannotStart(f"Can't listen on {host} port {port}: {error.strerror}.") from error
    return listener


def base_url(host: str, port: int) -> str:
    """Where this machine reaches what listens on ``host``; a wildcard address becomes the loopback."""
    name = WILDCARDS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
