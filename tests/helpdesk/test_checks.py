from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.core.checks import CheckMessage
from django.db import connection
from psycopg import sql
from pytest_django.fixtures import Settings

from helpdesk import checks


def _ids(problems: list[CheckMessage]) -> set[str | None]:
    return {problem.id for problem in problems}


@pytest.fixture
def ascii_database(db: None) -> Iterator[str]:
    """A database of the same server that was made in locale C."""
    name = f"{connection.settings_dict['NAME']}_ascii"
    known = connection.get_connection_params()
    parameters = {key: known[key] for key in ("host", "user", "port") if key in known}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
        server.execute(drop)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'")
        server.execute(create.format(sql.Identifier(name)))
        yield name
        server.execute(drop)


@pytest.mark.django_db
def test_the_database_that_comes_along_passes() -> None:
    assert checks.check_database(databases=["default"]) == []


def test_a_database_that_knows_ascii_only_is_refused(ascii_database: str) -> None:
    parameters = {**connection.get_connection_params(), "dbname": ascii_database}
    parameters.pop("cursor_factory")
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as other, other.cursor() as cursor:
        assert "helpdesk.E006" in _ids(checks.database_problems(cursor))


def test_a_short_secret_and_a_malformed_encryption_key_are_refused(settings: Settings) -> None:
    settings.SECRET_KEY = "changeme"
    settings.ENCRYPTION_KEYS = ["not-a-key"]

    assert _ids(checks.check_keys()) == {"helpdesk.E002", "helpdesk.E003"}


def test_debug_is_refused_on_a_public_address_only(settings: Settings) -> None:
    settings.DEBUG = True
    settings.PUBLIC_URLS = ["http://127.0.0.1:8000"]
    assert checks.check_debug() == []

    settings.PUBLIC_URLS = ["https://help.example.com"]
    assert _ids(checks.check_debug()) == {"helpdesk.E001"}


def test_a_public_address_without_https_is_warned_of(settings: Settings) -> None:
    settings.PUBLIC_URLS = ["http://help.example.com"]
    settings.IS_HTTPS = False

    assert _ids(checks.check_public_url()) == {"helpdesk.W001"}
