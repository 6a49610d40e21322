"""DATABASE_URL and REDIS_URL, translated for each library that has a spelling of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

CONNECT_SECONDS = 5
# The pool waits twice as long before every further attempt to connect: after a long outage it would stay away as
# long again. So it soon gives up, and the next request that needs a connection begins anew.
RECONNECT_SECONDS = 3.0


def database(url: str, pool_size: int) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL.

    ``postgresql:///name?host=/socket/dir&user=u`` reaches a server by its socket. A pool keeps
    short ASGI requests from connecting anew each time; health checks keep a restarted server
    from answering one error per pooled connection.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
    host, user = query.pop("host", ""), query.pop("user", "")
    options.update(query)
    if pool_size:
        options["pool"] = {
            "min_size": 2,
            "max_size": pool_size,
            "timeout": 10,
            "reconnect_timeout": RECONNECT_SECONDS,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or "") or user,
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or (parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool_size else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def celery_redis(url: str) -> str:
    """The same Redis as Celery spells it: a socket is ``redis+socket://`` there."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = parse_qs(parts.query).get("db", ["0"])[-1]
        return f"redis+socket://{parts.path}?virtual_host={number}"
    return url


def same_database_elsewhere(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    return parts._replace(path="/" + name).geturl()
