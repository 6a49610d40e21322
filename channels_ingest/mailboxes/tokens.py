"""Access tokens of mailboxes that log in by OAuth, kept until shortly before they end."""

from __future__ import annotations

import time

from django.db import transaction

from channels_ingest.adapters.email import oauth
from channels_ingest.mailboxes.models import Mailbox
from channels_ingest.models import Connection

# A token must outlast the session that it opens.
SPARE_SECONDS = 120.0


def access_token(connection: Connection) -> str:
    """A token that counts now. Raises Misconfigured or Transient.

    The mailbox's row is locked while the service is asked: one that gives a new refresh token with each answer
    may take the old one for stolen when it is used twice.
    """
    with transaction.atomic():
        mailbox, _ = Mailbox.objects.get_or_create(connection=connection)
        mailbox = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
        if mailbox.access.get("expires_at", 0.0) > time.time() + SPARE_SECONDS:
            return str(mailbox.access["token"])
        stored = Connection.objects.select_for_update().get(pk=connection.pk)
        fresh = oauth.refreshed(stored.settings, stored.credentials)
        if fresh.refresh_token and fresh.refresh_token != stored.credentials.get("oauth_refresh_token"):
            stored.credentials = {**stored.credentials, "oauth_refresh_token": fresh.refresh_token}
            stored.save(update_fields=["credentials"])
        mailbox.access = {"token": fresh.token, "expires_at": fresh.expires_at}
        mailbox.save(update_fields=["access"])
        return fresh.token


def forget(connection: Connection) -> None:
    """The server refused the token although it should count: the next log-in asks for another."""
    Mailbox.objects.filter(connection=connection).update(access={})
