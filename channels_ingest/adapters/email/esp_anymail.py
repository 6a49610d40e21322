"""Anymail's view of a mail that came in, as one raw mail; and its errors as words."""

from __future__ import annotations

from typing import Any

from anymail.exceptions import AnymailError

from channels_ingest.adapters.email.charsets import clean_line
from channels_ingest.adapters.email.esp_mail import MailPart, ServiceMail, rebuilt


def mail_of(event: Any) -> ServiceMail:
    """An inbound event's mail."""
    message = event.message
    return ServiceMail(
        raw=rebuilt(_headers(message), message.text or "", message.html or "", _files(message)),
        envelope_recipient=message.envelope_recipient or "",
        envelope_sender=message.envelope_sender,
        spam_score=message.spam_score,
        is_spam=bool(message.spam_detected),
    )


def words(error: BaseException) -> str:
    """An error in words; only Anymail's own are meant to be read."""
    return clean_line(str(error), max_length=300) if isinstance(error, AnymailError) else type(error).__name__


def refusal(error: BaseException) -> str:
    """Why Anymail refused a request, in a sentence."""
    said = clean_line(str(error), max_length=200).lower()
    if "basic auth" in said:
        return "The request does not carry this connection's webhook secret."
    if "signature" in said:
        return "The service's signature is wrong: check the signing key."
    return f"The request is not signed as it should be: {said}"


def _headers(message: Any) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in message.raw_items()]


def _files(message: Any) -> list[MailPart]:
    found = []
    for part in [*message.inlines, *message.attachments]:
        content_id = str(part["Content-ID"] or "").strip("<> ") if part.is_inline() else ""
        found.append(MailPart(part.get_filename() or "", part.get_content_type(), part.get_content_bytes(), content_id))
    return found
