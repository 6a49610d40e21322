"""How surely a From address is its sender's, by what our own mail server found out (RFC 8601).

Anybody can write an Authentication-Results header. Only the topmost one that carries the name of our
server counts for a pass; one that reports a failure counts wherever it stands, since forging it gains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import authres

from channels_ingest.adapters.email.addresses import MailAddress
from channels_ingest.adapters.email.mime import ParsedMail
from customers.assurance import Assurance
from customers.organisations import organisation

_MAX_HEADER_LENGTH = 4_000
_MAX_HEADER_COUNT = 20


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What our receiving server has not found out. DMARC can fail for sure only where it knows what SPF said."""

    dkim: bool = False
    dmarc: bool = False


def left_open(mail: ParsedMail, *, authserv_id: str) -> LeftOpen:
    """Which questions about the author may be asked here."""
    if assurance_of_sender(mail, authserv_id=authserv_id) != Assurance.PRESENTED or is_ambiguous(mail):
        return LeftOpen()
    results = _trusted_results(mail, authserv_id)
    found = results[0] if results else []
    has_dkim, has_dmarc = (any(_method(result) == method for result in found) for method in ("dkim", "dmarc"))
    is_temporary = any(_is(result, "dkim", "temperror") for result in found)
    return LeftOpen(
        dkim=not has_dkim or is_temporary,
        dmarc=not has_dmarc and not is_temporary and any(_spf_speaks_against(result, mail) for result in found),
    )


def is_ambiguous(mail: ParsedMail) -> bool:
    """With several From addresses it is anybody's guess which one was checked."""
    return len(mail.senders) > 1 or "several_from_headers" in mail.defects


def assurance_of_sender(mail: ParsedMail, *, authserv_id: str) -> Assurance:
    """CHANNEL for DMARC or aligned DKIM, CLAIMED where DMARC failed, PRESENTED without a verdict.

    ``authserv_id`` is what our receiving server calls itself in its headers; empty trusts no header.
    """
    sender = mail.sender
    results = _trusted_results(mail, authserv_id)
    if sender is None or any(_fails(result) for found in results for result in found):
        return Assurance.CLAIMED
    if not results or is_ambiguous(mail):
        return Assurance.PRESENTED
    passed = any(_dmarc_passes(result, sender) or _dkim_passes(result, sender) for result in results[0])
    return Assurance.CHANNEL if passed else Assurance.PRESENTED


def is_aligned(domain: str, other: str) -> bool:
    """Whether two domains belong to the same organisation, as DMARC's relaxed mode asks."""
    ours, theirs = organisation(domain), organisation(other)
    return bool(ours) and ours == theirs


def _trusted_results(mail: ParsedMail, authserv_id: str) -> list[list[object]]:
    """The results of each header that bears our server's name, topmost first."""
    if not authserv_id.strip():
        return []
    found = []
    for value in mail.headers.all("authentication-results")[:_MAX_HEADER_COUNT]:
        header = _parsed(value)
        if header is not None and str(header.authserv_id).lower() == authserv_id.strip().lower():
            found.append(list(header.results))
    return found


def _parsed(value: str) -> authres.AuthenticationResultsHeader | None:
    if len(value) > _MAX_HEADER_LENGTH:
        return None
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except (authres.AuthResError, RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # An unreadable verdict is none.
        return None


def _property(result: object, name: str) -> str:
    properties = getattr(result, "properties", None) or []
    return next((str(item.value or "") for item in properties if f"{item.type}.{item.name}".lower() == name), "")


def _method(result: object) -> str:
    return str(getattr(result, "method", "")).lower()


def _spf_speaks_against(result: object, mail: ParsedMail) -> bool:
    """Whether SPF was checked and proves nothing of the author: it failed, or it passed for somebody else."""
    if _is(result, "spf", "fail", "softfail", "none", "neutral", "permerror"):
        return True
    passed_for = _property(result, "smtp.mailfrom").rpartition("@")[2]
    is_pass = _is(result, "spf", "pass") and bool(passed_for) and mail.sender is not None
    return is_pass and not is_aligned(passed_for, mail.sender.domain if mail.sender else "")


def _is(result: object, method: str, *outcomes: str) -> bool:
    return _method(result) == method and str(getattr(result, "result", "")).lower() in outcomes


def _fails(result: object) -> bool:
    return _is(result, "dmarc", "fail")


def _dmarc_passes(result: object, sender: MailAddress) -> bool:
    checked = _property(result, "header.from").rpartition("@")[2]
    return _is(result, "dmarc", "pass") and (not checked or is_aligned(checked, sender.domain))


def _dkim_passes(result: object, sender: MailAddress) -> bool:
    signer = _property(result, "header.d") or _property(result, "header.i").rpartition("@")[2]
    return _is(result, "dkim", "pass") and is_aligned(signer, sender.domain)
