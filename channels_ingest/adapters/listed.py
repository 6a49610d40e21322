"""A message that we found in a provider's list, as a request to the ledger: signed by us, since nobody posted it.

What counts as its content is what the webhook would have said, in the provider's own fields, so the same code reads
both. When it came to the provider stands in a header under our signature.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime

from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime

from channels_ingest.adapters.base import RawRequest, ReceivedMessage

METHOD, PATH = "LIST", "messages"
_SCHEME = "Listed"
_CAME_AT = "listed-came-at"
_SIGNED = ("content-type", _CAME_AT)


def as_request(
    message: ReceivedMessage, body: bytes, content_type: str, connection_id: int, *, received_at: datetime
) -> RawRequest:
    """The message as the ledger takes it in. The same message always makes the same request."""
    headers = {"content-type": content_type, _CAME_AT: message.received_at.isoformat()}
    request = RawRequest(METHOD, PATH, message.provider_message_id, headers, body, received_at)
    return replace(request, headers={**headers, "authorization": f"{_SCHEME} {signature(request, connection_id)}"})


def is_listed(request: RawRequest) -> bool:
    """Whether it says that it was found in a list; only ``is_ours`` tells whether that is true."""
    return request.method == METHOD and request.path == PATH


def is_ours(request: RawRequest, connection_id: int) -> bool:
    """Whether we ourselves made the request, for this connection."""
    scheme, _, shown = request.header("authorization").partition(" ")
    expected = signature(request, connection_id)
    return scheme == _SCHEME and hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode())


def signature(request: RawRequest, connection_id: int) -> str:
    """Over everything that counts, with our own key."""
    parts = [str(connection_id), request.method, request.path, request.query]
    parts += [f"{name}={request.header(name)}" for name in _SIGNED]
    digests = [hashlib.sha256(part.encode("utf-8", "replace")).hexdigest() for part in parts]
    digests.append(hashlib.sha256(request.body).hexdigest())
    return salted_hmac("channels_ingest.listed", " ".join(digests), algorithm="sha256").hexdigest()


def came_at(request: RawRequest) -> datetime | None:
    """When the provider took the message in."""
    return parse_datetime(request.header(_CAME_AT)) if request.header(_CAME_AT) else None
