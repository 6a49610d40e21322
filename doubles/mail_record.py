"""A kept mail as the log shows it."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default as modern


def mail_record(raw: bytes) -> dict[str, object]:
    """Headers unfolded, both bodies decoded, files by name and size, and the mail as it came."""
    mail = email.message_from_bytes(raw, policy=modern)
    return {
        "subject": _header(mail, "Subject"),
        "from": _header(mail, "From"),
        "to": _header(mail, "To"),
        "cc": _header(mail, "Cc"),
        "message_id": _header(mail, "Message-ID"),
        "in_reply_to": _header(mail, "In-Reply-To"),
        "references": _header(mail, "References"),
        "reply_to": _header(mail, "Reply-To"),
        "headers": [[name, str(value)] for name, value in mail.items()],
        "text": _body(mail, "plain"),
        "html": _body(mail, "html"),
        "attachments": [_attachment(part) for part in mail.iter_attachments()] if mail.is_multipart() else [],
        "raw": raw.decode("utf-8", "replace"),
    }


def _header(mail: EmailMessage, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def _attachment(part: EmailMessage) -> dict[str, object]:
    content = part.get_payload(decode=True)
    return {
        "name": part.get_filename() or "",
        "content_type": part.get_content_type(),
        "size": len(content) if isinstance(content, bytes) else 0,
    }
