"""What an admin enters for a mail service, where it is the same for all of them."""

from __future__ import annotations

from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.email.adapter import EmailAdapter

# The user's name where the secret is a password alone.
USER = "onethread"

WEBHOOK_SECRET = ConnectionField(
    "webhook_secret",
    "Webhook secret",
    "Goes into the webhook addresses you enter at the service: https://onethread:SECRET@your-host/… "
    "Made for you if you enter none. A user name of your own may stand before it, with a colon.",
    is_required=True,
    is_credential=True,
    is_secret=True,
    is_generated=True,
)
PREVIOUS_WEBHOOK_SECRET = ConnectionField(
    "previous_webhook_secret",
    "Earlier webhook secret",
    "Still taken while you change the addresses at the service. Remove it afterwards.",
    is_credential=True,
    is_secret=True,
    is_advanced=True,
)
_SHARED_WITH_RAW_MAIL = ("authserv_id", "relay_senders", "has_reply_marker")
ABOUT_MAILS = tuple(one for one in EmailAdapter.fields if one.name in _SHARED_WITH_RAW_MAIL)


def api_url(default: str) -> ConnectionField:
    """The address of the service's API."""
    return ConnectionField(
        "api_url", "API address", "Leave it as it is, unless a proxy stands between.", form="url", default=default,
        is_advanced=True,
    )  # fmt: skip


def as_login(secret: str) -> str:
    """A secret as user and password, the way basic authentication sends it."""
    return secret if ":" in secret else f"{USER}:{secret}"
