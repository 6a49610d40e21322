"""Whose mail comes to a mail service's address that names no channel."""

from __future__ import annotations

import hmac

from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection
from channels_ingest.proofs import fingerprint


def channel_for(service: str, authorization: str) -> int | None:
    """The channel whose secret the request shows; without one that fits, where to keep it; None without any.

    Every connection is compared with, whatever fits, so that the time taken tells nothing. Whoever is
    refused learns nothing either: his request lies in the first channel's ledger, and is answered there.
    """
    shown = fingerprint(authorization)
    found: int | None = None
    first: int | None = None
    # The newest active one wins where two share a secret.
    connections = Connection.objects.select_related("channel").filter(provider=f"email_{service}")
    for connection in connections.order_by("-is_active", "-pk"):
        first = connection.channel_id if first is None else first
        fits = [
            hmac.compare_digest(shown, fingerprint(one)) for one in adapter_for(connection).accepted_authorizations()
        ]
        if any(fits) and found is None:
            found = connection.channel_id
    return first if found is None else found
