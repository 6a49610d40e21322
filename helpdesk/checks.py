"""System checks: what would make this installation unsafe or wrong, each with an id and what to do about it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connections

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_SECRET, FEWEST_SYMBOLS = 40, 12
KEY_BYTES = 32
OLDEST_SERVER = 160_000
EXTENSIONS = ("vector", "pg_trgm", "unaccent")


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
    try:
        return [problem for alias in databases or () for problem in _database_problems(alias)]
    except OperationalError as error:
        return [Error(f"The database doesn't answer: {error}", id="helpdesk.E004")]


def _database_problems(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, lower('Ä') = 'ä'")
        version, folds_case = cursor.fetchone()
        cursor.execute(
            "SELECT name, installed_version FROM pg_available_extensions WHERE name = ANY(%s)", [[*EXTENSIONS]]
        )
        extensions = dict(cursor.fetchall())
        finds_words = folds_case
        if extensions.get("pg_trgm"):
            # In locale C an umlaut is no letter, and the two are the same to it.
            cursor.execute("SELECT show_trgm('Zürich') <> show_trgm('Z rich')")
            (finds_words,) = cursor.fetchone()
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


def _is_local() -> bool:
    return all(urlsplit(url).hostname in LOCAL_HOSTS for url in settings.PUBLIC_URLS)


def _is_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
