"""Reports of mail servers about mail that we sent: standard ones (RFC 3464) and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels_ingest.adapters.email import phrases
from channels_ingest.adapters.email.addresses import parse_addresses
from channels_ingest.adapters.email.charsets import clean_line
from channels_ingest.adapters.email.headers import Headers, parse_headers
from channels_ingest.adapters.email.mime import ParsedMail
from channels_ingest.adapters.email.parts import Part
from channels_ingest.adapters.email.references import answered_ids, message_ids

_MAX_RECIPIENT_COUNT = 20
_MAX_DIAGNOSTIC_LENGTH = 500
_RETURNED_TYPES = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}
_READ_WITHIN = 65_536
_SENDERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "bounce", "bounces")
_SUBJECT = re.compile(phrases.BOUNCE_SUBJECTS, re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)[ -]")
_MESSAGE_ID_LINE = re.compile(r"^[ \t>]{0,10}message-id:[ \t]{0,5}(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_FAILED_ADDRESS = re.compile(r"<?([^\s<>,;:()\"]{1,64}@[a-z0-9.-]{3,190})>?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What became of one mail at one recipient. ``action`` is failed, delayed, delivered, relayed or expanded."""

    original_message_id: str  # with angle brackets; empty where the report doesn't say
    recipient: str
    action: str
    status: str  # such as "5.1.1"; empty where unknown
    diagnostic: str


def is_bounce(mail: ParsedMail, *, envelope_sender: str | None = None) -> bool:
    """Whether a mail server reports on a delivery: by its form, or by sender and subject together."""
    if mail.headers.parameter("report-type").lower() == "delivery-status" or mail.headers.has("x-failed-recipients"):
        return True
    has_status = any(part.media_type == "message/delivery-status" for part in mail.report)
    if has_status and mail.headers.media_type() == "multipart/report":
        return True
    local = mail.sender.address.rpartition("@")[0].lower() if mail.sender else ""
    is_from_server = local in _SENDERS or envelope_sender == "" or mail.headers.raw("return-path").strip() == "<>"
    return is_from_server and (has_status or bool(_SUBJECT.search(mail.subject)))


def read_bounce(mail: ParsedMail) -> tuple[BounceReport, ...]:
    """One report per recipient; at least one, with whatever can be made out."""
    original_id = original_message_id(mail)
    reports = [
        report
        for part in mail.report
        if part.media_type == "message/delivery-status"
        for report in _status_reports(part, original_id)
    ]
    return tuple(reports[:_MAX_RECIPIENT_COUNT]) or (_guessed_report(mail, original_id),)


def original_message_id(mail: ParsedMail) -> str:
    """The Message-ID of the mail that a report is about, or an empty string.

    It stands in a returned copy or its headers, in the text of old programs, or in what the report answers.
    """
    returned = [(part.media_type, part.content) for part in mail.report]
    returned += [(attachment.content_type, attachment.content or b"") for attachment in mail.attachments]
    for media_type, content in returned:
        if media_type in _RETURNED_TYPES:
            ids = message_ids(parse_headers(content[:_READ_WITHIN].lstrip()).raw("message-id"))
            if ids:
                return ids[0]
    if quoted := _MESSAGE_ID_LINE.search(mail.text[:_READ_WITHIN]):
        return quoted.group(1)
    return next(iter(answered_ids(mail.headers)), "")


def _status_reports(part: Part, original_id: str) -> list[BounceReport]:
    """Blank lines part the groups: one for the message, then one for each recipient."""
    text = part.content[:_READ_WITHIN].replace(b"\r\n", b"\n")
    groups = [parse_headers(group) for group in re.split(rb"\n[ \t]*\n", text) if group.strip()]
    return [_report(group, original_id) for group in groups if group.has("final-recipient") or group.has("action")]


def _report(group: Headers, original_id: str) -> BounceReport:
    status = _STATUS.search(group.raw("status"))
    diagnostic = clean_line(group.raw("diagnostic-code").partition(";")[2] or group.raw("diagnostic-code"))
    return BounceReport(
        original_message_id=original_id,
        recipient=_recipient(group.raw("original-recipient")) or _recipient(group.raw("final-recipient")),
        action=group.raw("action").split(" ")[0].strip().lower() or "failed",
        status=status.group(1) if status else "",
        diagnostic=diagnostic[:_MAX_DIAGNOSTIC_LENGTH],
    )


def _recipient(value: str) -> str:
    """``rfc822;jo@example.com`` without its type; types other than mail addresses say nothing to us."""
    addresses = parse_addresses(value.partition(";")[2] or value)
    return addresses[0].address if addresses else ""


def _guessed_report(mail: ParsedMail, original_id: str) -> BounceReport:
    text = mail.text[:5_000]
    status = _STATUS.search(text)
    code = _SMTP_CODE.search(text)
    named = parse_addresses(mail.headers.raw("x-failed-recipients"))
    guessed = _FAILED_ADDRESS.search(text)
    is_delayed = "delay" in mail.subject.lower() or "verzögert" in mail.subject.lower()
    return BounceReport(
        original_message_id=original_id,
        recipient=named[0].address if named else guessed.group(1).rstrip(".") if guessed else "",
        action="delayed" if is_delayed else "failed",
        status=status.group(1) if status else f"{code.group(1)[0]}.0.0" if code else "",
        diagnostic=clean_line(text[:1_000])[:_MAX_DIAGNOSTIC_LENGTH],
    )
