"""What Postmark and Mailgun report of a mail, in the forms they document."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

from doubles.esp_inbound import signature
from doubles.esp_store import Account, SentMail

_BOUNCE = "smtp;550 5.1.1 The email account that you tried to reach does not exist."


def report(mail: SentMail, event: str, account: Account, recipient: str = "") -> dict[str, Any]:
    """One report, of the first recipient unless one is named. Raises ValueError for an unknown event."""
    reports = {"postmark": _postmark, "mailgun": _mailgun}
    return reports[mail.service](mail, event, account, recipient or mail.recipients[0])


def _postmark(mail: SentMail, event: str, account: Account, address: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    common = {
        "ServerID": 23,
        "MessageStream": "outbound",
        "MessageID": mail.id,
        "Tag": "",
        "Metadata": mail.metadata,
    }
    bounce = {
        "ID": secrets.randbelow(10**9),
        "Email": address,
        "From": mail.sender,
        "BouncedAt": now,
        "Inactive": False,
    }
    forms: dict[str, dict[str, Any]] = {
        "delivered": {
            "RecordType": "Delivery",
            "Recipient": address,
            "DeliveredAt": now,
            "Details": "smtp;250 2.0.0 OK",
        },
        "bounced": {
            **bounce,
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "TypeCode": 1,
            "Name": "Hard bounce",
            "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
            "Details": _BOUNCE,
        },
        "deferred": {**bounce, "RecordType": "Bounce", "Type": "Transient", "TypeCode": 2, "Name": "Message delayed"},
        "complained": {
            **bounce,
            "RecordType": "SpamComplaint",
            "Type": "SpamComplaint",
            "TypeCode": 512,
            "Name": "Spam complaint",
        },
        "opened": {"RecordType": "Open", "Recipient": address, "ReceivedAt": now, "FirstOpen": True},
    }
    if event not in forms:
        raise ValueError(f"Postmark has no event {event!r}")
    return common | forms[event]


def _mailgun(mail: SentMail, event: str, account: Account, address: str) -> dict[str, Any]:
    failed = {
        "event": "failed",
        "reason": "bounce",
        "delivery-status": {"code": 550, "message": _BOUNCE, "description": "", "attempt-no": 1},
    }
    forms: dict[str, dict[str, Any]] = {
        "delivered": {"event": "delivered", "delivery-status": {"code": 250, "message": "OK", "description": ""}},
        "bounced": {**failed, "severity": "permanent"},
        "deferred": {**failed, "severity": "temporary", "reason": "generic"},
        "complained": {"event": "complained"},
        "opened": {"event": "opened", "client-info": {"user-agent": "Mozilla/5.0"}},
    }
    if event not in forms:
        raise ValueError(f"Mailgun has no event {event!r}")
    headers = {"to": mail.to, "from": mail.sender, "subject": mail.subject, "message-id": mail.message_id.strip("<>")}
    data = {
        "id": secrets.token_urlsafe(16),
        "timestamp": time.time(),
        "log-level": "info",
        "recipient": address,
        "recipient-domain": address.rpartition("@")[2],
        "user-variables": mail.metadata,
        "tags": [],
        "message": {"headers": headers, "attachments": [], "size": len(mail.text)},
        **forms[event],
    }
    return {"signature": signature(account.signing_key), "event-data": data}
