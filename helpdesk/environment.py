"""The one reader of environment variables: typed, prefixed, with errors that name the variable."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PREFIX = "HELPDESK_"
# The four names that every hosting platform already knows go without the prefix.
UNPREFIXED = frozenset({"DATABASE_URL", "REDIS_URL", "PORT", "DATA_DIR"})


def text(name: str, default: str = "") -> str:
    """The variable's value, stripped, or ``default`` where it is unset or empty."""
    value = os.environ.get(PREFIX + name, "").strip()
    if not value and name in UNPREFIXED:
        value = os.environ.get(name, "").strip()
    return value or default


def integer(name: str, default: int) -> int:
    """A whole number."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be a whole number, not {value!r}") from error


def flag(name: str, default: bool) -> bool:
    """A yes or no, in the spellings people use."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{PREFIX}{name} must be yes or no, not {value!r}")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without its empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def directory(name: str, default: Path) -> Path:
    """An absolute directory; it need not exist yet."""
    return Path(text(name) or default).expanduser().absolute()
