"""A message that we found in a provider's list, as a request to the ledger: signed by us, since nobody posted it.

What counts as its content is what the webhook would have said, in the provider's own fields, so the same code reads
both. When it came to the provider stands in a header under our signature.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.dateparse import parse_datetime

from channels_ingest.adapters.incoming import RawRequest, ReceivedMessage
from channels_ingest.adapters.own_requests import Seal

METHOD, PATH = "LIST", "messages"
_SEAL = Seal("Listed", "channels_ingest.listed")
_CAME_AT = "listed-came-at"
_SIGNED = ("content-type", _CAME_AT)


def as_request(
    message: ReceivedMessage, body: bytes, content_type: str, connection_id: int, *, received_at: datetime
) -> RawRequest:
    """The message as the ledger takes it in. The same message always makes the same request."""
    headers = {"content-type": content_type, _CAME_AT: message.received_at.isoformat()}
    request = RawRequest(METHOD, PATH, message.provider_message_id, headers, body, received_at)
    return _SEAL.signed(request, connection_id)


def is_listed(request: RawRequest) -> bool:
    """Whether it says that it was found in a list; only ``is_ours`` tells whether that is true."""
    return request.method == METHOD and request.path == PATH


def is_ours(request: RawRequest, connection_id: int) -> bool:
    """Whether we ourselves made the request, for this connection."""
    return _SEAL.fits(request, connection_id, _SIGNED)


def came_at(request: RawRequest) -> datetime | None:
    """When the provider took the message in."""
    return parse_datetime(request.header(_CAME_AT)) if request.header(_CAME_AT) else None
