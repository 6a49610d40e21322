"""A raw mail as Postmark and Mailgun post it to a webhook, in the forms they document."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import getaddresses, parseaddr
from typing import Any

from doubles.esp_store import Account, new_id


def postmark(raw: bytes, recipient: str, account: Account) -> dict[str, Any]:
    """Postmark's inbound JSON (https://postmarkapp.com/developer/webhooks/inbound-webhook)."""
    mail = _mail(raw)
    sender = parseaddr(str(mail.get("From", "")))
    taken_out = {"from", "to", "cc", "bcc", "subject", "date", "reply-to"}
    headers = [{"Name": "Return-Path", "Value": f"<{sender[1]}>"}]
    headers += [
        {"Name": name, "Value": str(value)}
        for name, value in mail.items()
        if name.lower() not in taken_out and not name.lower().startswith("content-")
    ]
    content: dict[str, Any] = {
        "FromName": sender[0],
        "MessageStream": "inbound",
        "From": sender[1],
        "FromFull": _person(*sender),
        "To": str(mail.get("To", "")),
        "ToFull": _people(mail, "To"),
        "Cc": str(mail.get("Cc", "")),
        "CcFull": _people(mail, "Cc"),
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": recipient,
        "Subject": str(mail.get("Subject", "")),
        "MessageID": new_id(),
        "ReplyTo": str(mail.get("Reply-To", "")),
        "MailboxHash": recipient.partition("@")[0].partition("+")[2],
        "Date": str(mail.get("Date", "")),
        "TextBody": _body(mail, "plain"),
        "HtmlBody": _body(mail, "html"),
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": headers,
        "Attachments": [_attachment(part) for part in mail.iter_attachments()] if mail.is_multipart() else [],
    }
    return content | ({"RawEmail": raw.decode("utf-8", "replace")} if account.is_raw else {})


def mailgun(raw: bytes, recipient: str, account: Account) -> tuple[dict[str, str], list[tuple[str, Any]]]:
    """Mailgun's form for a route's forward(), signed: fields and files. Raw where the address ends in "mime"."""
    mail = _mail(raw)
    fields = {
        "recipient": recipient,
        "sender": parseaddr(str(mail.get("From", "")))[1],
        "from": str(mail.get("From", "")),
        "subject": str(mail.get("Subject", "")),
        "message-headers": json.dumps([[name, str(value)] for name, value in mail.items()]),
        **signature(account.signing_key),
    }
    if account.inbound_url.rstrip("/").endswith("mime"):
        return {**fields, "body-mime": raw.decode("utf-8", "replace")}, []
    files = [
        (
            f"attachment-{number}",
            (part.get_filename() or "file", part.get_payload(decode=True), part.get_content_type()),
        )
        for number, part in enumerate(mail.iter_attachments() if mail.is_multipart() else [], 1)
    ]
    bodies = {"body-plain": _body(mail, "plain"), "body-html": _body(mail, "html")}
    fields |= {name: text for name, text in bodies.items() if text or name == "body-plain"}
    return fields | ({"attachment-count": str(len(files))} if files else {}), files


def signature(key: str) -> dict[str, str]:
    """Mailgun's proof: HMAC-SHA256 over time and token."""
    timestamp, token = str(int(time.time())), secrets.token_hex(25)
    digest = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": digest}


def _mail(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=modern)


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    return bytes(part.get_payload(decode=True) or b"").decode(part.get_content_charset() or "utf-8", "replace")


def _person(name: str, address: str) -> dict[str, str]:
    return {"Email": address, "Name": name, "MailboxHash": address.partition("@")[0].partition("+")[2]}


def _people(mail: EmailMessage, name: str) -> list[dict[str, str]]:
    return [_person(*pair) for pair in getaddresses([str(value) for value in mail.get_all(name, [])])]


def _attachment(part: EmailMessage) -> dict[str, Any]:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    return {
        "Name": part.get_filename() or "",
        "Content": base64.b64encode(data).decode(),
        "ContentType": part.get_content_type(),
        "ContentLength": len(data),
        **({"ContentID": str(part["Content-ID"]).strip("<>")} if part["Content-ID"] else {}),
    }
