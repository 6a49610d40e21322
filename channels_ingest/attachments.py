"""Short-lived public links to files that a provider has to fetch from us."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from conversations.models import Attachment

SALT = "attachment link"
LIFETIME = timedelta(hours=4)


def signed_url(row: Attachment) -> str:
    """A link that only its holder has, good for a few hours."""
    token = signing.dumps(row.pk, salt=SALT)
    return settings.PUBLIC_URL + reverse("attachment_link", args=[token])


def read(token: str) -> int | None:
    """The attachment a link names, or None where it is forged or too old."""
    try:
        return int(signing.loads(token, salt=SALT, max_age=LIFETIME))
    except (signing.BadSignature, ValueError, TypeError):
        return None
