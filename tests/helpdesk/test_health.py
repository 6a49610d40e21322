from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from pytest_django.fixtures import Settings

from helpdesk import health, liveness

pytestmark = pytest.mark.django_db


def _ready(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()


@pytest.fixture(autouse=True)
def _nobody_alive() -> None:
    cache.delete_many([f"alive:{part}" for part in liveness.PARTS])


def test_a_process_that_answers_is_live(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


def test_a_helpdesk_whose_parts_all_work_is_ready(client: Client) -> None:
    for part in liveness.PARTS:
        liveness.note(part)

    status, facts = _ready(client)

    assert (status, facts["status"]) == (200, "ready")
    assert facts["parts"].keys() == {"database", "migrations", "redis", "worker", "ai", "beat", "model"}


def test_missing_workers_degrade_and_still_answer_200(client: Client) -> None:
    liveness.note("worker")

    status, facts = _ready(client)

    assert (status, facts["status"]) == (200, "degraded")
    assert {name for name, state in facts["parts"].items() if state == "missing"} == {"ai", "beat", "model"}


def test_redis_away_degrades_and_still_answers_200(client: Client, settings: Settings) -> None:
    nowhere = {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {name: {**cache, **nowhere} for name, cache in settings.CACHES.items()}

    status, facts = _ready(client)

    assert (status, facts["status"], facts["parts"]["redis"]) == (200, "degraded", "missing")


def test_an_unapplied_migration_is_unavailable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_newest_migrations", lambda: frozenset({("customers", "9999_from_tomorrow")}))

    status, facts = _ready(client)

    assert (status, facts["status"], facts["parts"]["migrations"]) == (503, "unavailable", "missing")


def test_postgresql_away_is_unavailable_and_says_nothing_about_where_it_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = {"host": "/nowhere", "dbname": "secret-name"}
    monkeypatch.setattr(DatabaseWrapper, "get_connection_params", lambda _: elsewhere)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "missing"
    assert b"nowhere" not in answer.content
    assert b"secret-name" not in answer.content
