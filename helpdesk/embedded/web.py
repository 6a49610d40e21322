"""One web process on the listening socket that ``up`` opened: ``python -m helpdesk.embedded.web``.

Uvicorn's own ``--fd`` takes every descriptor for a Unix socket, which loses the peer's address and
TCP_NODELAY; given a real socket object it does right.
"""

from __future__ import annotations

import os
import socket
import sys

import uvicorn

from helpdesk.embedded.environment import LISTENING

# What fits the longest message a visitor may type, with room for the frame around it.
LARGEST_FRAME_BYTES = 64 * 1024
# Leaves the stores their share of the ten seconds in which the whole stack stops.
GRACE_SECONDS = 3
# Longer than proxies and clients keep a connection (Caddy 120 s): whoever closes first must not be us, or a request
# that is on its way at that moment is answered by nobody.
KEEP_ALIVE_SECONDS = 150


def configuration() -> uvicorn.Config:
    """How every web process is served. The README's command for a lone ``web`` says the same in options."""
    return uvicorn.Config(
        "helpdesk.asgi:application",
        # Signatures are checked against the public URL, and addresses are trusted only where the
        # operator put a proxy in front and said so.
        proxy_headers=False,
        access_log=False,
        server_header=False,
        # Django's LOGGING formats everything.
        log_config=None,
        ws_max_size=LARGEST_FRAME_BYTES,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        lifespan="off",
    )


def main() -> None:
    """Serve until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    listener = socket.socket(fileno=int(os.environ[LISTENING]))
    server = uvicorn.Server(configuration())
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(3)


if __name__ == "__main__":
    main()
