"""Chat sessions: a signed token that names a visitor of one channel, and nothing else."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core import signing

SALT = "widget session"
# Sliding: every hello gives a fresh one.
LIFETIME = timedelta(days=90)


def new_visitor() -> str:
    """An unguessable name for a browser that was never here."""
    return "v_" + secrets.token_urlsafe(18)


def issue(visitor: str, channel_id: int) -> str:
    """A token for a visitor of a channel."""
    return signing.dumps([visitor, channel_id], salt=SALT)


def read(token: str, channel_id: int) -> str | None:
    """The visitor a token names, or None where it is forged, too old, or another channel's."""
    try:
        visitor, channel = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return visitor if channel == channel_id and isinstance(visitor, str) else None
