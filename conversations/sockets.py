"""What agents' and visitors' sockets share: who may open one, and database work off the event loop."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings

LARGEST_FRAME = 64 * 1024


def off_loop(function: Any) -> Any:
    """Run database work in a thread of its own. The default would put all sockets on one thread."""
    return database_sync_to_async(function, thread_sensitive=False)


def header(scope: dict[str, Any], name: str) -> str:
    """A header of the handshake, or an empty string."""
    wanted = name.lower().encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), "")


def is_own_origin(scope: dict[str, Any]) -> bool:
    """Whether the page that opened the socket is ours. A browser always names its origin."""
    origin = header(scope, "origin")
    if not origin:
        return True
    host = urlsplit(origin).netloc.lower()
    return host == header(scope, "host").lower() or host in {
        urlsplit(url).netloc.lower() for url in settings.PUBLIC_URLS
    }
