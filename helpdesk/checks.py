"""System checks: what would make this installation unsafe or wrong, each with an id and what to do about it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connections

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_SECRET, FEWEST_SYMBOLS = 40, 12
KEY_BYTES = 32
OLDEST_SERVER = 160_000
EXTENSIONS = ("vector", "pg_trgm", "unaccent")


class Cursor(Protocol):
    """What Django's cursors and psycopg's have in common."""

    def execute(self, query: str, params: Sequence[Any] | None = None, /) -> Any: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


@register(Tags.security)
def check_debug(**_: Any) -> list[CheckMessage]:
    """Django's debug pages show settings and data to whoever meets an error."""
    if settings.DEBUG and not _is_local():
        return [Error("HELPDESK_DEBUG is on for a public address.", hint="Unset it.", id="helpdesk.E001")]
    return []


@register(Tags.security)
def check_keys(**_: Any) -> list[CheckMessage]:
    """Keys given by hand are as long and as random as the ones we make."""
    problems: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SHORTEST_SECRET or len(set(settings.SECRET_KEY)) < FEWEST_SYMBOLS:
        hint = "Give 50 random characters, or none: then one is made and kept in the data directory."
        problems.append(Error("HELPDESK_SECRET_KEY is too weak.", hint=hint, id="helpdesk.E002"))
    if not settings.ENCRYPTION_KEYS or not all(map(_is_key, settings.ENCRYPTION_KEYS)):
        hint = f"Each of HELPDESK_ENCRYPTION_KEYS is {KEY_BYTES} random bytes in URL-safe base64."
        problems.append(Error("An encryption key is missing or malformed.", hint=hint, id="helpdesk.E003"))
    return problems


@register(Tags.security, deploy=True)
def check_public_url(**_: Any) -> list[CheckMessage]:
    """Sessions and provider callbacks travel by the public address."""
    if not settings.IS_HTTPS and not _is_local():
        hint = "Put a proxy with a certificate in front and set HELPDESK_PUBLIC_URL=https://..."
        return [Warning("The public address isn't https.", hint=hint, id="helpdesk.W001")]
    return []


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The server can do what search needs. Only where a database is being used (``check --database default``)."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        try:
            with connections[alias].cursor() as cursor:
                problems += database_problems(cursor)
        except OperationalError as error:
            problems.append(Error(f"The database doesn't answer: {error}", id="helpdesk.E004"))
    return problems


def database_problems(cursor: Cursor) -> list[CheckMessage]:
    """What the server behind a cursor lacks."""
    version, folds_case = _row(cursor, "SELECT current_setting('server_version_num')::int, lower('Ä') = 'ä'")
    available = "SELECT name, installed_version FROM pg_available_extensions WHERE name = ANY(%s)"
    cursor.execute(available, [[*EXTENSIONS]])
    extensions = dict(cursor.fetchall())
    finds_words = folds_case
    if extensions.get("pg_trgm"):
        # In locale C an umlaut is no letter, and the two are the same to it.
        (finds_words,) = _row(cursor, "SELECT show_trgm('Zürich') <> show_trgm('Z rich')")
    problems: list[CheckMessage] = []
    if version < OLDEST_SERVER:
        problems.append(Error("PostgreSQL is too old.", hint="16 or newer is needed.", id="helpdesk.E005"))
    if not folds_case or not finds_words:
        hint = "Create it with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8', or a UTF-8 locale."
        problems.append(Error("The database's locale knows ASCII letters only.", hint=hint, id="helpdesk.E006"))
    if missing := sorted(set(EXTENSIONS) - extensions.keys()):
        hint = "Install their packages on the database server; migrating then creates them."
        problems.append(Error(f"Extensions are missing: {', '.join(missing)}.", hint=hint, id="helpdesk.E007"))
    return problems


def _row(cursor: Cursor, query: str) -> Any:
    cursor.execute(query)
    return cursor.fetchone()


def _is_local() -> bool:
    return all(urlsplit(url).hostname in LOCAL_HOSTS for url in settings.PUBLIC_URLS)


def _is_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
