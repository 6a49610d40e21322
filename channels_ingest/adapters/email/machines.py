"""Did a machine write this mail? Machines are recorded and never answered, or two of them talk for ever."""

from __future__ import annotations

import re

from channels_ingest.adapters.email import phrases
from channels_ingest.adapters.email.bounces import is_bounce
from channels_ingest.adapters.email.mime import ParsedMail

LOOP_HEADER = "X-Onethread-Loop"
_AUTO_REPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-fc-machinegenerated")
_LOOP_HEADERS = ("x-loop", LOOP_HEADER.lower())
_LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post", "x-mailing-list", "feedback-id")
_BULK_PRECEDENCE = {"bulk", "junk", "list"}
# Anything but these asks other machines to keep quiet, which only machines ask.
_NOT_SUPPRESSING = {"", "none"}
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no-?_?reply|do-?_?not-?_?reply|donotreply|ne-?pas-?repondre|nicht-?antworten|keine-?antwort"
    r"|no-?responder|no-?responda|naoresponda|non-?rispondere|mailer-daemon|notifications?|nepasrepondre)(?:$|[._+-])"
)
_ABSENCE = re.compile(
    rf"(?:(?:{phrases.REPLY_PREFIXES}):\s*)?(?:{phrases.ABSENCES})\s*(?:$|[{phrases.MARKS_AFTER_ABSENCE}])"
)
_ABSENCE_WITHIN_CHARACTERS = 200


def kind_of_machine(mail: ParsedMail, *, envelope_sender: str | None = None) -> str:
    """What kind of machine wrote the mail, or an empty string for a person.

    ``"complaint"`` (a spam report), ``"bounce"``, ``"auto_reply"`` (absence notices and everything generated),
    ``"list"`` (newsletters and mailing lists) or ``"no_reply"``. ``envelope_sender`` is None where unknown.
    """
    if is_complaint(mail):
        return "complaint"
    if is_bounce(mail, envelope_sender=envelope_sender):
        return "bounce"
    if _is_list(mail) and not _says_auto_reply(mail):
        return "list"
    if _says_auto_reply(mail) or _is_generated(mail) or _is_from_nobody(mail, envelope_sender):
        return "auto_reply"
    return "no_reply" if mail.sender and _NO_REPLY.search(_local_part(mail)) else ""


def is_complaint(mail: ParsedMail) -> bool:
    """An abuse report (RFC 5965): a reader pressed "this is spam"."""
    return any(part.media_type == "message/feedback-report" for part in mail.report)


def _says_auto_reply(mail: ParsedMail) -> bool:
    headers = mail.headers
    replied = headers.raw("auto-submitted").lower().strip().startswith("auto-replied")
    precedence = "auto_reply" in (
        headers.raw("precedence").lower().strip(),
        headers.raw("x-precedence").lower().strip(),
    )
    named = any(headers.has(name) for name in _AUTO_REPLY_HEADERS)
    return replied or precedence or named or bool(_ABSENCE.match(mail.subject[:_ABSENCE_WITHIN_CHARACTERS].lower()))


def _is_generated(mail: ParsedMail) -> bool:
    headers = mail.headers
    submitted = headers.raw("auto-submitted").split(";")[0].strip().lower()
    suppressing = headers.raw("x-auto-response-suppress").strip().lower()
    is_report = headers.media_type() == "multipart/report"
    looped = any(headers.has(name) for name in _LOOP_HEADERS)
    return submitted not in ("", "no") or suppressing not in _NOT_SUPPRESSING or is_report or looped


def _is_from_nobody(mail: ParsedMail, envelope_sender: str | None) -> bool:
    envelope = mail.headers.raw("return-path").strip() if envelope_sender is None else f"<{envelope_sender}>"
    return envelope == "<>" or _local_part(mail) in ("mailer-daemon", "postmaster")


def _is_list(mail: ParsedMail) -> bool:
    headers = mail.headers
    precedences = {headers.raw("precedence").strip().lower(), headers.raw("x-precedence").strip().lower()}
    return any(headers.has(name) for name in _LIST_HEADERS) or bool(precedences & _BULK_PRECEDENCE)


def _local_part(mail: ParsedMail) -> str:
    return mail.sender.address.rpartition("@")[0].lower() if mail.sender else ""
