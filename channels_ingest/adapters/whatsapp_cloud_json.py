"""Careful reading of Meta's JSON: any member may be missing, or of another type tomorrow. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

Json = dict[str, object]
LATEST_SECONDS = 2**33


def an_object(value: object) -> Json:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects of a list, whatever else is in it."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object, limit: int = 70_000) -> str:
    """A text or number as text that PostgreSQL can hold: no NUL, no half of a surrogate pair."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[:limit].replace("\x00", "").encode("utf-8", "replace").decode()


def moment(value: object) -> datetime | None:
    """Seconds since 1970, as text or number."""
    digits = text(value, 12)
    if not (digits.isascii() and digits.isdigit()) or int(digits) > LATEST_SECONDS:
        return None
    return datetime.fromtimestamp(int(digits), UTC)
