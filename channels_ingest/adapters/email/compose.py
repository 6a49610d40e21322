"""One message to one address as a mail: threaded, marked where a machine wrote it, without room for injection."""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime

import idna
from django.utils import timezone

from channels_ingest.adapters.email import phrases, quoting
from channels_ingest.adapters.email.attributions import MARKER
from channels_ingest.adapters.email.charsets import clean_line, clean_text
from channels_ingest.adapters.email.headers import safe_file_name
from channels_ingest.adapters.email.machines import LOOP_HEADER
from channels_ingest.adapters.email.references import (
    address_with_token,
    message_ids,
    new_message_id,
)
from channels_ingest.adapters.incoming import NamedAddress
from channels_ingest.adapters.outgoing import OutboundAttachment, OutboundMessage

_MAX_REFERENCE_COUNT = 20
_MAX_SUBJECT_LENGTH = 250
_REPLY_PREFIX = re.compile(
    rf"\s{{0,5}}(?:{phrases.REPLY_PREFIXES})\s?(?:\[\d{{1,3}}\])?\s?[{phrases.COLONS}]\s{{0,5}}", re.IGNORECASE
)
# Unquoted, everything but what ends an address; quoted, everything but what ends a line.
_LOCAL_PART = re.compile(r'[^\s"<>()@,;:\\\x00-\x1f]{1,128}|"[^"\\\x00-\x1f]{1,128}"')
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_BARE_LINE_END = re.compile(rb"\r\n|\r|\n")


class _MessageIds(UnstructuredHeader, BaseHeader):
    """Message-IDs folded one to a line. The standard folding would encode long ones beyond recognition."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _MessageIds)
    return registry


_POLICY = policy.SMTP.clone(header_factory=_registry())


def compose(message: OutboundMessage, *, has_reply_marker: bool = False) -> EmailMessage:
    """The mail, ready to send. ``has_reply_marker`` puts the line on top below which answers are cut off.

    Raises ValueError where an address can't stand in a mail.
    """
    readers = (*message.to, *message.cc)
    addresses = (message.to_address, message.from_address, *(one.address for one in readers))
    needs_utf8 = any(not address.rpartition("@")[0].isascii() for address in addresses)
    mail = EmailMessage(policy=_POLICY.clone(utf8=True) if needs_utf8 else _POLICY)
    mail["From"] = _address(message.from_name, message.from_address)
    mail["To"] = _named(message.to) if message.to else _address(message.to_name, message.to_address)
    if message.cc:
        mail["Cc"] = _named(message.cc)
    if message.reply_token:
        reply_to = address_with_token(message.from_address, message.reply_token)
        mail["Reply-To"] = _address(message.from_name, reply_to)
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(timezone.now())
    _add_threading(mail, message)
    if message.is_automatic:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail[LOOP_HEADER] = "1"
    _add_bodies(mail, message, has_reply_marker=has_reply_marker)
    return mail


def as_wire_bytes(mail: EmailMessage) -> bytes:
    """The mail with every line end CRLF: a lone CR or LF lets a second mail be smuggled past some servers."""
    return _BARE_LINE_END.sub(b"\r\n", mail.as_bytes())


def reply_subject(subject: str) -> str:
    """The subject with exactly one ``Re:`` in front, whatever prefixes of answers it had."""
    rest = subject
    while found := _REPLY_PREFIX.match(rest):
        rest = rest[found.end() :]
    return f"Re: {rest.strip()}".strip()


def envelope_address(address: str) -> str:
    """The address as mail servers take it: an international domain in its ASCII form."""
    local, _, domain = address.strip().rpartition("@")
    if not domain or not _LOCAL_PART.fullmatch(local):
        raise ValueError("This is not an e-mail address.")
    return f"{local}@{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("This e-mail address has no valid domain.") from error


def _address(name: str, address: str) -> Address:
    # Given apart, odd local parts that some carriers hand out ("a..b") are taken, not refused.
    local, _, domain = envelope_address(address).rpartition("@")
    return Address(display_name=clean_line(name, max_length=100), username=local.strip('"'), domain=domain)


def _named(readers: tuple[NamedAddress, ...]) -> tuple[Address, ...]:
    return tuple(_address(one.name, one.address) for one in readers)


def _subject(message: OutboundMessage) -> str:
    subject = clean_line(message.subject, max_length=_MAX_SUBJECT_LENGTH)
    return reply_subject(subject) if message.in_reply_to else subject


def _add_threading(mail: EmailMessage, message: OutboundMessage) -> None:
    domain = _ascii_domain(message.from_address.rpartition("@")[2])
    own_id = _ascii_ids(message.rfc_message_id)
    mail["Message-ID"] = own_id[0] if own_id else new_message_id(domain)
    answered = _ascii_ids(message.in_reply_to)
    if answered:
        mail["In-Reply-To"] = answered[0]
    chain = list(dict.fromkeys(_ascii_ids(" ".join(message.references)) + answered[:1]))
    if len(chain) > _MAX_REFERENCE_COUNT:
        # The first keeps the thread's root, the last its neighbours.
        chain = chain[:1] + chain[1 - _MAX_REFERENCE_COUNT :]
    if chain:
        mail["References"] = " ".join(chain)


def _ascii_ids(value: str) -> list[str]:
    return [found for found in message_ids(value) if found.isascii() and found.isprintable()]


def _add_bodies(mail: EmailMessage, message: OutboundMessage, *, has_reply_marker: bool) -> None:
    marker = f"{MARKER}\n\n" if has_reply_marker else ""
    mail.set_content(marker + clean_text(message.text + quoting.as_text(message.quoted)), charset="utf-8")
    if message.html:
        shown = f"<p>{MARKER}</p>\n" if marker else ""
        page = shown + clean_text(message.html + quoting.as_html(message.quoted))
        mail.add_alternative(page, subtype="html", charset="utf-8")
    for attachment in message.attachments:
        _attach(mail, attachment, message.html)


def _attach(mail: EmailMessage, attachment: OutboundAttachment, html: str) -> None:
    main, _, sub = _media_type(attachment.content_type).partition("/")
    name = safe_file_name(attachment.name) or "file"
    content_id = re.sub(r"[^\x21-\x7e]|[<>]", "", attachment.content_id)
    # The html, or what it has become with its first picture.
    page = mail.get_body(("related", "html")) if html else None
    if content_id and page is not None and f"cid:{content_id}" in html:
        page.add_related(attachment.content, main, sub, filename=name, disposition="inline", cid=f"<{content_id}>")
    else:
        mail.add_attachment(attachment.content, main, sub, filename=name)


def _media_type(content_type: str) -> str:
    found = _MEDIA_TYPE.match(content_type.strip().lower())
    # Mails and multiparts can't be wrapped in base64, which bytes of unknown make need.
    if found is None or found.group().startswith(("message/", "multipart/")):
        return "application/octet-stream"
    return found.group()
