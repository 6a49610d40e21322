"""What is found out here about a mail's author, kept with the stored mail so that a replay reads the same."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from channels_ingest.adapters.email import dkim_check, dmarc
from channels_ingest.adapters.email.authentication import left_open
from channels_ingest.adapters.email.dns_texts import Texts, Unanswered
from channels_ingest.adapters.email.mime import ParsedMail
from customers.assurance import Assurance

_NAME = "sender of mail "


def key(raw: bytes) -> str:
    """The name that a mail's findings are kept under, among the request's headers: with blanks, as none can arrive."""
    return _NAME + hashlib.sha256(raw).hexdigest()[:32]


def is_key(name: str) -> bool:
    """Whether a name among the headers is one of ours."""
    return name.startswith(_NAME)


def find_out(mail: ParsedMail, raw: bytes, texts: Texts, *, authserv_id: str, at: datetime) -> dict[str, str]:
    """The findings to keep, by their key; empty where there is nothing to ask or nobody answers now."""
    asks = left_open(mail, authserv_id=authserv_id)
    if not asks.dkim and not asks.dmarc:
        return {}
    found = {}
    if asks.dkim and dkim_check.has_signature(raw):
        finding = dkim_check.find_out(mail, raw, texts, at=at)
        if finding.outcome == "unknown":
            return {}
        found = {"dkim": finding.outcome, "domain": finding.domain, "reason": finding.reason}
    if found.get("dkim") != "pass" and asks.dmarc and mail.sender:
        try:
            found["dmarc"] = "fail" if dmarc.is_strict(mail.sender.domain, texts) else "none"
        except Unanswered:
            return {}
    return {key(raw): json.dumps(found)} if found else {}


def weighed(assurance: Assurance, finding: str) -> tuple[Assurance, str]:
    """The level after what was found out (as ``find_out`` keeps it), and the words for it.

    It only decides where the level was left open: a form's word stays a claim whoever signed it.
    """
    try:
        found = json.loads(finding) if finding else {}
    except ValueError:
        return assurance, ""
    if assurance != Assurance.PRESENTED:
        return assurance, ""
    if found.get("dkim") == "pass":
        return Assurance.CHANNEL, f"Signed by {found.get('domain', '')}, checked here"
    if found.get("dmarc") == "fail":
        return (
            Assurance.CLAIMED,
            "Neither signed by the author's domain nor sent by its servers, as that domain asks for",
        )
    return assurance, str(found.get("reason", ""))
