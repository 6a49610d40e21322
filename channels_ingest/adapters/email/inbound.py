"""A parsed mail as the message that the domain takes: who wrote it, to whom, and what of it is new."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from channels_ingest.adapters.email import sender_check
from channels_ingest.adapters.email.addresses import MailAddress, parse_addresses
from channels_ingest.adapters.email.attributions import is_forward_subject
from channels_ingest.adapters.email.authentication import assurance_of_sender
from channels_ingest.adapters.email.html_quotes import separate_html
from channels_ingest.adapters.email.mime import ParsedMail
from channels_ingest.adapters.email.quotes import separate_text
from channels_ingest.adapters.email.references import answered_ids, envelope_recipients, reply_tokens
from channels_ingest.adapters.incoming import InboundMessage, NamedAddress, RawRequest, Sender
from channels_ingest.html import MAX_HTML_CHARACTERS, clean_html
from channels_ingest.html_text import html_to_text
from customers.addresses import MAX_EMAIL_LENGTH, normalise_email, without_plus
from customers.assurance import Assurance

if TYPE_CHECKING:
    from channels_ingest.models import Connection

_OLDEST = datetime(1995, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER_BY = timedelta(minutes=10)
_MAX_CC_COUNT = 50
_MAX_KEPT_ID_LENGTH = 250


@dataclass(frozen=True, slots=True)
class _Content:
    """The body, taken apart."""

    text: str
    html: str
    quoted_text: str


class MailReader:
    """Reads mails for one connection."""

    def __init__(self, connection: Connection) -> None:
        self.own_addresses = [normalised(one) for one in connection.channel.addresses]
        self.authserv_id = str(connection.settings.get("authserv_id") or "")
        relays = connection.settings.get("relay_senders") or []
        self.relays = {normalised(str(relay)) for relay in relays}

    def message(self, mail: ParsedMail, request: RawRequest, *, automatic: str) -> InboundMessage:
        """The mail as a message. ``automatic`` is the kind of machine that wrote it, if one did."""
        is_forward = is_forward_subject(mail.subject)
        content = _content(mail, is_forward=is_forward)
        sender, why = self._sender(mail, request)
        if mail.sender and normalised(mail.sender.address) in self.own_addresses and not self._speaks_for_another(mail):
            # Our own mail come back: answering it would go round in circles.
            automatic = automatic or "auto_reply"
        return InboundMessage(
            provider_message_id=stable_id(mail, request.body),
            sender=sender,
            recipient=self._recipient(mail),
            text=content.text,
            html=content.html,
            quoted_text=content.quoted_text,
            occurred_at=_sane(mail.claimed_at, request.received_at),
            subject=mail.subject,
            attachments=mail.attachments,
            reply_tokens=reply_tokens(mail.headers),
            references=answered_ids(mail.headers),
            rfc_message_id=mail.message_id,
            automatic=automatic,
            reply_to=mail.reply_to[0].address if mail.reply_to else "",
            to=_named(mail.to),
            cc=_named(mail.cc),
            is_forward=is_forward,
            facts=self._facts(mail, automatic, why),
        )

    def _sender(self, mail: ParsedMail, request: RawRequest) -> tuple[Sender | None, str]:
        """Who wrote, and what was found out about it here, in words."""
        if self._speaks_for_another(mail):
            return _as_sender(mail.reply_to[0], Assurance.CLAIMED), ""
        if mail.sender is None or normalised(mail.sender.address) in self.relays:
            # A relay that names nobody: its own address is nobody's.
            return None, ""
        told = assurance_of_sender(mail, authserv_id=self.authserv_id)
        level, why = sender_check.weighed(told, request.headers.get(sender_check.key(request.body), ""))
        return _as_sender(mail.sender, level), why

    def _speaks_for_another(self, mail: ParsedMail) -> bool:
        """A form or relay of our own: what it says of its writer, in Reply-To, is only a claim."""
        if mail.sender is None or not mail.reply_to:
            return False
        own_domains = {one.rpartition("@")[2] for one in self.own_addresses}
        author, answer_to = normalised(mail.sender.address), normalised(mail.reply_to[0].address)
        is_relay = author in self.relays or author.rpartition("@")[2] in own_domains
        return is_relay and answer_to != author and answer_to.rpartition("@")[2] not in own_domains

    def _recipient(self, mail: ParsedMail) -> str:
        """Our address as the mail was sent to it: one that the envelope names, else one of To, Cc or Bcc."""
        visible = [one.address for one in (*mail.to, *mail.cc)]
        blind = [found.address for value in mail.headers.all("bcc") for found in parse_addresses(value)]
        named = [*envelope_recipients(mail.headers), *visible, *blind]
        own = (address for address in named if without_plus(normalised(address)) in self.own_addresses)
        return next(own, "") or next(iter(named), "")

    def _facts(self, mail: ParsedMail, automatic: str, checked: str) -> dict[str, str]:
        facts = {"sender_name": mail.sender.name if mail.sender else "", "sender_check": checked}
        if mail.claimed_at:
            facts["claimed_at"] = mail.claimed_at.isoformat()
        if len(mail.senders) > 1:
            facts["senders"] = ", ".join(one.address for one in mail.senders[:5])
        is_relayed = mail.sender and normalised(mail.sender.address) in self.relays
        if mail.sender and (is_relayed or self._speaks_for_another(mail)):
            facts["relay"] = mail.sender.address
        if mail.defects:
            facts["defects"] = " ".join(mail.defects)
        return {name: value for name, value in facts.items() if value}


def normalised(address: str) -> str:
    """The address for comparing. Odd ones that some carriers hand out still count as written."""
    return normalise_email(address) or address.strip().lower()


def stable_id(mail: ParsedMail, raw: bytes) -> str:
    """The same for every copy of one mail, and different for two mails that bear the same Message-ID.

    Broken programs repeat Message-IDs, and a forger could use one up before the genuine mail comes. The
    channel is no part of it: a mail to two of our addresses is one message in each.
    """
    if not mail.message_id:
        return f"sha256:{hashlib.sha256(raw).hexdigest()}"
    author = mail.sender.address.lower() if mail.sender else ""
    names = [attachment.name for attachment in mail.attachments]
    digest = hashlib.sha256("\x00".join([author, mail.subject, mail.text, *names]).encode("utf-8", "replace"))
    shown = mail.message_id
    if len(shown) > _MAX_KEPT_ID_LENGTH:
        shown = hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()
    return f"{shown} {digest.hexdigest()[:20]}"


def _content(mail: ParsedMail, *, is_forward: bool) -> _Content:
    """New and quoted text. A forward is about what it carries, so nothing of it is cut."""
    text, html, quoted = mail.text, mail.html, ""
    if not is_forward:
        html, html_quoted = separate_html(html) if html else ("", "")
        if mail.is_text_from_html and html_quoted:
            text, quoted = html_to_text(html), html_quoted
        else:
            text, quoted = separate_text(text)
    return _Content(text.strip(), _shown(html, mail), quoted)


def _shown(html: str, mail: ParsedMail) -> str:
    """The html made safe. Pictures of this very mail keep their ``cid:`` until they have an address."""
    known = {attachment.content_id for attachment in mail.attachments if attachment.content_id}
    if not html.strip():
        return ""
    return clean_html(html, size_limit=MAX_HTML_CHARACTERS, cid_url=lambda cid: f"cid:{cid}" if cid in known else None)


def _as_sender(address: MailAddress, assurance: Assurance) -> Sender | None:
    if len(address.address) > MAX_EMAIL_LENGTH:
        return None
    return Sender("email", normalised(address.address), address.address, assurance, address.name)


def _named(addresses: tuple[MailAddress, ...]) -> tuple[NamedAddress, ...]:
    found = {one.address: NamedAddress(one.address, one.name) for one in reversed(addresses[:_MAX_CC_COUNT])}
    return tuple(reversed(found.values()))


def _sane(claimed_at: datetime | None, received_at: datetime) -> datetime | None:
    """The sender's clock orders his mails, unless it is plainly wrong."""
    if claimed_at is None or not _OLDEST < claimed_at < received_at + _CLOCKS_DIFFER_BY:
        return None
    return claimed_at
