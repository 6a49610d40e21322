"""A mail that we fetched ourselves, as a request to the ledger: signed by us, since no provider posts it.

Two fetches of one mail make the same request, wherever it lay: the place stands in headers, which count for nothing
when repeats are told.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime

from channels_ingest.adapters.base import RawRequest

METHOD, PATH = "IMAP", "mailbox"
_SCHEME = "Mailbox"
_ARRIVED, _HISTORY, _KEPT = "imap-arrived", "imap-history", "imap-kept"
_PLACE = ("imap-folder", "imap-uidvalidity", "imap-uid")


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail and where it lay. ``kept`` says why only its header, or nothing, could be kept."""

    content: bytes
    folder: str
    uid_validity: int
    uid: int
    size: int = 0
    arrived_at: datetime | None = None
    is_history: bool = False
    kept: str = ""


def as_request(mail: FetchedMail, connection_id: int, *, received_at: datetime) -> RawRequest:
    """The mail as the ledger takes it in."""
    headers = {"content-type": "message/rfc822"}
    headers |= dict(zip(_PLACE, (mail.folder, str(mail.uid_validity), str(mail.uid)), strict=True))
    if mail.arrived_at:
        headers[_ARRIVED] = mail.arrived_at.isoformat()
    if mail.is_history:
        headers[_HISTORY] = "yes"
    query = ""
    if mail.kept:
        headers[_KEPT] = mail.kept
        # What tells apart mails of which we have nothing else.
        query = f"size={mail.size}" if mail.content else f"{mail.folder}/{mail.uid_validity}/{mail.uid}"
    request = RawRequest(METHOD, PATH, query, headers, mail.content, received_at)
    return replace(request, headers={**headers, "authorization": f"{_SCHEME} {signature(request, connection_id)}"})


def is_ours(request: RawRequest, connection_id: int) -> bool:
    """Whether we ourselves made the request, for this connection."""
    scheme, _, shown = request.header("authorization").partition(" ")
    expected = signature(request, connection_id)
    return scheme == _SCHEME and hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode())


def signature(request: RawRequest, connection_id: int) -> str:
    """Over everything that counts, with our own key."""
    names = sorted(name for name in request.headers if name.startswith("imap-") or name == "content-type")
    parts = [str(connection_id), request.method, request.path, request.query]
    parts += [f"{name}={request.headers[name]}" for name in names]
    digests = [hashlib.sha256(part.encode("utf-8", "replace")).hexdigest() for part in parts]
    digests.append(hashlib.sha256(request.body).hexdigest())
    return salted_hmac("channels_ingest.mailbox", " ".join(digests), algorithm="sha256").hexdigest()


def arrived_at(request: RawRequest) -> datetime | None:
    """When the mailbox's server took the mail in."""
    return parse_datetime(request.header(_ARRIVED)) if request.header(_ARRIVED) else None


def is_history(request: RawRequest) -> bool:
    """Whether the mail lay in the mailbox before it was connected."""
    return bool(request.header(_HISTORY))


def why_incomplete(request: RawRequest) -> str:
    """Why there is no whole mail; empty where there is."""
    return request.header(_KEPT)
