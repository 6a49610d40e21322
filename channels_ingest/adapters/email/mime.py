"""Raw mail to a ParsedMail. Takes any bytes, never raises, and is bounded in time and memory."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from channels_ingest.adapters.email.addresses import MailAddress, parse_addresses
from channels_ingest.adapters.email.charsets import (
    clean_text,
    decode_bytes,
    decode_html,
)
from channels_ingest.adapters.email.headers import Headers, parse_headers
from channels_ingest.adapters.email.parts import Part, PartReader
from channels_ingest.adapters.email.references import message_ids
from channels_ingest.adapters.incoming import InboundAttachment
from channels_ingest.html import content_id, is_manageable, stripped_text, without_data_urls
from channels_ingest.html_text import html_to_text

MAX_MAIL_BYTES = 50 * 1024 * 1024
# Longer bodies are kept as attachments; what is shown stays this long.
MAX_TEXT_CHARACTERS = 400_000
_MAX_SUBJECT_LENGTH = 500
_CID_REFERENCE = re.compile(r"""cid:([^"'\s<>)]{1,300})""", re.IGNORECASE)
# Lines that say how a mail is built.
_STRUCTURE = re.compile(r"--|content-[a-z-]{1,40}:|mime-version:|\s+(?:boundary|charset|name|filename)=", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_WORDS = re.compile(r"\w")
_EXTENSIONS = {"text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "message/rfc822": ".eml"}
# Parts of a machine's report, read by machines and shown to nobody.
_REPORT_TYPES = {"message/delivery-status", "message/feedback-report", "message/disposition-notification"}


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail as its sender wrote it: nothing here is verified. Texts are clean of controls."""

    headers: Headers
    senders: tuple[MailAddress, ...]  # of the first From header; more than one is legal and proves little
    to: tuple[MailAddress, ...]
    cc: tuple[MailAddress, ...]
    reply_to: tuple[MailAddress, ...]
    subject: str
    message_id: str  # with its angle brackets, or empty
    claimed_at: datetime | None  # the Date header in UTC, sane or not
    text: str
    html: str  # as sent, not sanitised
    is_text_from_html: bool = False
    attachments: tuple[InboundAttachment, ...] = ()
    report: tuple[Part, ...] = ()  # the leaves, only of a multipart/report and its kin
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> MailAddress | None:
        """The first From address, or None where there is none."""
        return self.senders[0] if self.senders else None


@dataclass(slots=True)
class _Segment:
    """A stretch of the body, in as many forms as the mail gives it."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class _Collected:
    """What is found on the way through the parts, beside the body."""

    has_own_text: bool = False
    attachments: list[InboundAttachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def parse_mail(raw: bytes) -> ParsedMail:
    """Everything the mail says. What is missing is empty; what is too much is cut and named in ``defects``."""
    reader = PartReader(_with_line_feeds(_without_mbox_line(raw[:MAX_MAIL_BYTES])))
    root = reader.read()
    found = _Collected(defects=reader.defects)
    if len(raw) > MAX_MAIL_BYTES:
        found.defects.append("too_large")
    text, html = _bounded(*_joined(_collect(root, found)), found)
    if not text.strip() and not found.attachments:
        text = _hidden_words(html) if html.strip() else _as_it_came(reader.raw, found)
    headers = root.headers
    if len(headers.all("from")) > 1:
        found.defects.append("several_from_headers")
    ids = message_ids(headers.raw("message-id"))
    return ParsedMail(
        headers=headers,
        senders=parse_addresses(headers.raw("from")),
        to=parse_addresses(", ".join(headers.all("to"))),
        cc=parse_addresses(", ".join(headers.all("cc"))),
        reply_to=parse_addresses(headers.raw("reply-to")),
        subject=headers.text("subject")[:_MAX_SUBJECT_LENGTH],
        message_id=ids[0] if ids else "",
        claimed_at=_date(headers.raw("date")),
        text=text,
        html=html,
        is_text_from_html=not found.has_own_text,
        attachments=_with_inline_marks(found.attachments, html),
        report=_report_parts(root),
        defects=tuple(dict.fromkeys(found.defects)),
    )


def _without_mbox_line(raw: bytes) -> bytes:
    """Mail from a pipe may begin with mbox's "From " line."""
    return raw[raw.find(b"\n") + 1 :] if raw.startswith((b"From ", b">From ")) and b"\n" in raw[:1000] else raw


def _with_line_feeds(raw: bytes) -> bytes:
    """Some old programs end lines with returns alone."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value[:200])
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None


def _report_parts(root: Part) -> tuple[Part, ...]:
    leaves = tuple(root.leaves())
    is_report = root.media_type == "multipart/report" or any(leaf.media_type in _REPORT_TYPES for leaf in leaves)
    return leaves if is_report else ()


def _collect(part: Part, found: _Collected) -> list[_Segment]:
    if part.media_type == "multipart/alternative":
        return _collect_alternative(part, found)
    if part.media_type.startswith("multipart/"):
        return [segment for child in part.children for segment in _collect(child, found)]
    if _is_body(part):
        return [_segment(part, found)]
    found.attachments.append(_attachment(part))
    return []


def _collect_alternative(part: Part, found: _Collected) -> list[_Segment]:
    """One segment out of several tellings of the same: the first text, the last html."""
    tellings = [_collect(child, found) for child in part.children]
    text = next((joined for telling in tellings if (joined := _own_text(telling))), "")
    html = next((joined for telling in reversed(tellings) if (joined := _joined(telling)[1])), "")
    return [_Segment(text, html)] if text or html else []


def _own_text(segments: list[_Segment]) -> str:
    """The text of a telling that is written as text, in part at least."""
    return _joined(segments)[0] if any(segment.text.strip() for segment in segments) else ""


def _is_body(part: Part) -> bool:
    is_text = part.media_type in ("text/plain", "text/html")
    return is_text and part.disposition != "attachment" and not part.headers.file_name()


def _segment(part: Part, found: _Collected) -> _Segment:
    charset = part.headers.parameter("charset")
    if part.media_type == "text/html":
        return _Segment(html=clean_text(decode_html(part.content, charset)))
    text = clean_text(decode_bytes(part.content, charset))
    found.has_own_text |= bool(text.strip())
    return _Segment(text=text)


def _joined(segments: list[_Segment]) -> tuple[str, str]:
    """All segments in order as text and as html, each made from the other where it is missing."""
    has_html = any(segment.html.strip() for segment in segments)
    texts, htmls = [], []
    for segment in segments:
        text, html = segment.text, segment.html
        if html.strip() and not text.strip():
            text = clean_text(html_to_text(html))
        elif has_html and text.strip() and not html.strip():
            html = f'<div style="white-space: pre-wrap">{entities.escape(text)}</div>'
        texts.append(text.strip("\n"))
        htmls.append(html)
    return "\n\n".join(filter(str.strip, texts)), "\n".join(filter(str.strip, htmls))


def _bounded(text: str, html: str, found: _Collected) -> tuple[str, str]:
    """What is too long, or too costly to parse, goes along as a file instead."""
    if html and not is_manageable(without_data_urls(html)):
        found.attachments.append(_kept(html, "text/html"))
        found.defects.append("html_unmanageable")
        html = ""
    if len(text) > MAX_TEXT_CHARACTERS:
        found.attachments.append(_kept(text, "text/plain"))
        found.defects.append("text_too_long")
        text = text[:MAX_TEXT_CHARACTERS]
    return text, html


def _hidden_words(html: str) -> str:
    """The words of html that shows nothing: a tag or a quote that was never closed swallowed them."""
    shows_picture = LexborHTMLParser(html).css_first("img") is not None
    return "" if shows_picture else clean_text(stripped_text(html))


def _as_it_came(raw: bytes, found: _Collected) -> str:
    """What stands in the body of a mail whose parts hold nothing: damaged, but perhaps somebody's words."""
    blank = _BLANK_LINE.search(raw)
    body = raw[blank.end() : blank.end() + MAX_TEXT_CHARACTERS] if blank else b""
    lines = clean_text(decode_bytes(body)).split("\n")
    kept = "\n".join(line for line in lines if not _STRUCTURE.match(line)).strip()
    if not _WORDS.search(kept):
        return ""
    found.defects.append("shown_as_it_came")
    found.has_own_text = True
    return kept


def _kept(text: str, media_type: str) -> InboundAttachment:
    return InboundAttachment(f"message{_EXTENSIONS[media_type]}", media_type, text.encode("utf-8"))


def _attachment(part: Part) -> InboundAttachment:
    return InboundAttachment(
        name=part.headers.file_name() or _name_for(part),
        content_type=part.media_type,
        content=part.content,
        content_id=content_id(part.headers.raw("content-id"))[:300],
        is_inline=part.disposition == "inline",
    )


def _name_for(part: Part) -> str:
    if part.media_type == "message/rfc822":
        subject = parse_headers(part.content[:20_000].split(b"\n\n")[0].split(b"\r\n\r\n")[0]).text("subject")
        plain = re.sub(r"[^\w .,()-]+", " ", subject).strip()[:80]
        return (plain or "message") + ".eml"
    main, _, sub = part.media_type.partition("/")
    extension = _EXTENSIONS.get(part.media_type) or (f".{sub}" if main in ("image", "audio", "video") else ".bin")
    return ("message" if main in ("text", "message") else main if main != "application" else "file") + extension


def _with_inline_marks(attachments: list[InboundAttachment], html: str) -> tuple[InboundAttachment, ...]:
    """Inline is what the html really shows; a picture nobody refers to is a file like any other."""
    references = {content_id("cid:" + found.group(1)) for found in _CID_REFERENCE.finditer(html)}
    references |= {unquote(reference) for reference in references}
    marked = []
    for attachment in attachments:
        names = (attachment.content_id, unquote(attachment.content_id), attachment.name)
        shown_as = next((name for name in names if name in references), "")
        marked.append(
            replace(attachment, content_id=shown_as or attachment.content_id, is_inline=bool(shown_as)),
        )
    return tuple(marked)
