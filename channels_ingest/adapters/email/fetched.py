"""A mail that we fetched ourselves, as a request to the ledger: signed by us, since no provider posts it.

Two fetches of one mail make the same request, wherever it lay: the place stands in headers, which count for nothing
when repeats are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.own_requests import Seal

METHOD, PATH = "IMAP", "mailbox"
_SEAL = Seal("Mailbox", "channels_ingest.mailbox")
_ARRIVED, _HISTORY, _KEPT = "imap-arrived", "imap-history", "imap-kept"
_PLACE = ("imap-folder", "imap-uidvalidity", "imap-uid")
_SIGNED = ("content-type", *_PLACE, _ARRIVED, _HISTORY, _KEPT)


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
    return _SEAL.signed(request, connection_id)


def is_ours(request: RawRequest, connection_id: int) -> bool:
    """Whether we ourselves made the request, for this connection."""
    return _SEAL.fits(request, connection_id, _SIGNED)


def arrived_at(request: RawRequest) -> datetime | None:
    """When the mailbox's server took the mail in."""
    return parse_datetime(request.header(_ARRIVED)) if request.header(_ARRIVED) else None


def is_history(request: RawRequest) -> bool:
    """Whether the mail lay in the mailbox before it was connected."""
    return bool(request.header(_HISTORY))


def why_incomplete(request: RawRequest) -> str:
    """Why there is no whole mail; empty where there is."""
    return request.header(_KEPT)
