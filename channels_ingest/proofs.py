"""What a refused request showed as its secret, kept so that it can be recognised and never read.

The Authorization header is not written down: whoever reads the ledger could act in a provider's name with it.
Of a refused request a keyed fingerprint stays. Once the right secret is in our settings, it fits, and the
request can be replayed.
"""

from __future__ import annotations

import hmac
from dataclasses import replace

from django.utils.crypto import salted_hmac

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.incoming import RawRequest

# No header that arrives can bear this name: it has blanks.
FINGERPRINT = "authorization as fingerprint"


def fingerprint(authorization: str) -> str:
    """The same for the same secret; without our key nobody can try secrets against it."""
    scheme, _, shown = authorization.strip().partition(" ")
    canonical = f"{scheme.lower()} {shown.strip()}"
    return salted_hmac("channels_ingest.proofs", canonical, algorithm="sha256").hexdigest()


def without_ours(request: RawRequest) -> RawRequest:
    """A request at the door brings no fingerprint and no finding of its own: the names of these hold blanks."""
    if not any(" " in name for name in request.headers):
        return request
    return replace(request, headers={name: value for name, value in request.headers.items() if " " not in name})


def restored(request: RawRequest, adapter: ChannelAdapter) -> RawRequest:
    """The request with its Authorization header again, where that was one the adapter accepts."""
    kept = request.headers.get(FINGERPRINT, "")
    if not kept or request.header("authorization"):
        return request
    shown = next((one for one in adapter.accepted_authorizations() if hmac.compare_digest(fingerprint(one), kept)), "")
    return replace(request, headers={**request.headers, "authorization": shown}) if shown else request
