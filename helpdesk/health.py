"""``/health/live`` and ``/health/ready``: what a load balancer asks, and what ``up`` waits for."""

from __future__ import annotations

import logging
from functools import cache
from typing import Literal

import psycopg
import redis
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from helpdesk import liveness

State = Literal["ok", "missing"]
# Without these nothing can be taken in; without the others messages wait, and nothing is lost.
NEEDED = frozenset({"database", "migrations"})
PATIENCE_SECONDS = 2

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Which parts work. 503 only where webhooks couldn't be stored; anything less is ``degraded``, still 200."""
    parts = _stores() | _workers()
    missing = {name for name, state in parts.items() if state == "missing"}
    status = "unavailable" if missing & NEEDED else "degraded" if missing else "ready"
    return JsonResponse({"status": status, "parts": parts}, status=503 if missing & NEEDED else 200)


def _stores() -> dict[str, State]:
    applied = _applied_migrations()
    if applied is None:
        return {"database": "missing", "migrations": "missing"}
    return {"database": "ok", "migrations": "ok" if _newest_migrations() <= applied else "missing"}


def _workers() -> dict[str, State]:
    try:
        alive = liveness.alive()
    except (redis.RedisError, OSError):
        return dict.fromkeys(("redis", *liveness.PARTS), "missing")
    found: dict[str, State] = {"redis": "ok"}
    return found | {part: "ok" if part in alive else "missing" for part in liveness.PARTS}


def _applied_migrations() -> set[tuple[str, str]] | None:
    """Asked on a connection of its own: a pool exhausted by slow requests would make us look dead."""
    parameters = {**connection.get_connection_params(), "connect_timeout": PATIENCE_SECONDS}
    parameters = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    try:
        with psycopg.connect(**parameters, options=f"-c statement_timeout={PATIENCE_SECONDS}s") as database:
            return set(database.execute("SELECT app, name FROM django_migrations").fetchall())
    except psycopg.errors.UndefinedTable:
        return set()
    except psycopg.Error as error:
        logger.warning("the database doesn't answer: %s", type(error).__name__)
        return None


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """What this process's code needs; read from the files once."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


urlpatterns = [
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
]
