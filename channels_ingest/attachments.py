"""Short-lived links to single files, for whom no session can show: a sandboxed page, a chat window, a provider."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from conversations.models import Attachment, Message
from customers.models import Identity

SALT = "attachment link"
PROVIDER_SALT = "attachment for a provider"
SESSION_SALT = "attachment in a chat window"
LIFETIME = timedelta(hours=4)


def signed_url(row: Attachment) -> str:
    """A link that only its holder has, good for a few hours."""
    token = signing.dumps(row.pk, salt=SALT)
    return settings.PUBLIC_URL + reverse("attachment_link", args=[token])


def read(token: str) -> int | None:
    """The attachment a link names, or None where it is forged or too old."""
    return _id(token, SALT)


def provider_url(row: Attachment) -> str:
    """Where a provider fetches a file that we send by it, as long as it may try. It ends in the file's name, which
    is what some show their users."""
    token = signing.dumps(row.pk, salt=PROVIDER_SALT)
    return settings.PUBLIC_URL + reverse("provider_file", args=[token, row.name.replace("/", "_")])


def read_for_provider(token: str) -> Attachment | None:
    """The file that a provider asks for, as long as it is one that we send."""
    found = Attachment.objects.filter(pk=_id(token, PROVIDER_SALT) or 0).exclude(file="")
    return found.filter(message__direction=Message.Direction.OUTBOUND).first()


def session_url(row: Attachment, session: Identity) -> str:
    """Where a chat window, which is ours, shows a file: this visitor's link alone; it opens what he may still see."""
    return reverse("session_file", args=[signing.dumps([row.pk, session.pk], salt=SESSION_SALT)])


def read_for_session(token: str) -> tuple[int, int] | None:
    """The attachment and the visitor's identity that a link names, or None."""
    try:
        attachment_id, session_id = signing.loads(token, salt=SESSION_SALT, max_age=LIFETIME)
        return int(attachment_id), int(session_id)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _id(token: str, salt: str) -> int | None:
    try:
        return int(signing.loads(token, salt=salt, max_age=LIFETIME))
    except (signing.BadSignature, ValueError, TypeError):
        return None
