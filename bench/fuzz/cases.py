"""One case by its number: made, read, and judged. The same seed and number give the same case, on any machine."""

from __future__ import annotations

import binascii
import re
import traceback
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from bench.fuzz import damaged_mail, damaged_webhook
from channels_ingest import processing
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import AdapterError, Unreadable
from channels_ingest.adapters.incoming import (
    CallUpdate,
    DeliveryUpdate,
    ForAccount,
    Ignored,
    InboundItem,
    InboundMessage,
    RawRequest,
    TypingUpdate,
    Unclear,
)
from tests.channels_ingest.email.mails import email_adapter, request

MAIL_SHARE = 0.7
_VISIBLE = re.compile(r"\w{2}")
# Lines that only say how a mail is built, heads of mails within it, and what is left of tags.
_BUILD = re.compile(
    rb"^(?:--|content-|mime-version:|(?:from|to|cc|subject|date|message-id|references|in-reply-to):)[^\n]*"
    rb"(?:\n[ \t][^\n]*)*|<script.*|<[^<>]*>|<[^<>]{0,200}\Z|\x1b[ -/]*[0-~]|\xe2\x80[\xaa-\xae]",
    re.MULTILINE | re.IGNORECASE,
)
_IS_BASE64 = re.compile(rb"^content-transfer-encoding:[ \t]*base64", re.MULTILINE | re.IGNORECASE)
_BODY = re.compile(rb"\r?\n\r?\n(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Case:
    """A request, who reads it, and how it was damaged."""

    kind: str
    told: str
    request: RawRequest
    adapter: ChannelAdapter


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome`` counts in the table; ``problem`` is empty unless something is wrong."""

    outcome: str
    problem: str = ""


def make(seed: int, number: int) -> Case:
    """The case of this number."""
    random = Random(f"{seed}:{number}")  # noqa: S311 - repeatable, not secret
    if random.random() < MAIL_SHARE:
        told, raw = damaged_mail.make(random)
        return Case("mail", told, request(raw), email_adapter())
    source, told, signed = damaged_webhook.make(random)
    return Case(source.name, told, signed, source.adapter())


def judge(case: Case) -> Verdict:
    """Read the case as the worker does. Anything but the adapters' declared errors is a problem."""
    try:
        case.adapter.verify(case.request)
    except AdapterError:
        return Verdict("refused")
    except Exception:  # noqa: BLE001 - any is a finding
        return Verdict("crash", traceback.format_exc())
    try:
        asked = replace(case.request, headers={**case.request.headers, **case.adapter.inquire(case.request)})
        items = case.adapter.parse(asked)
        for item in items:
            _use(item, case)
    except Unreadable as error:
        return Verdict("quarantined", "" if error.text.strip() else "Quarantined without a reason.")
    except Exception:  # noqa: BLE001 - any is a finding
        return Verdict("crash", traceback.format_exc())
    return Verdict(_name(items), _what_is_lost(items, case))


def _use(item: InboundItem, case: Case) -> None:
    """What comes next takes it: it can be written down, and put in the domain's words."""
    inner = item.item if isinstance(item, ForAccount) else item
    repr(inner).encode("utf-8")
    if "\\x00" in repr(inner) and isinstance(inner, InboundMessage):
        texts = (inner.text, inner.html, inner.subject, inner.quoted_text, inner.provider_message_id)
        assert not any("\x00" in text for text in texts), "a NUL reaches the database"
    if isinstance(inner, InboundMessage):
        processing.arrival(inner, case.adapter.connection.channel)


def _name(items: list[InboundItem]) -> str:
    if not items:
        return "nothing"
    first = items[0].item if isinstance(items[0], ForAccount) else items[0]
    names = {InboundMessage: "message", DeliveryUpdate: "report", CallUpdate: "call", TypingUpdate: "typing"}
    names |= {Ignored: "ignored", Unclear: "quarantined"}
    return names.get(type(first), "other news")


def _what_is_lost(items: list[InboundItem], case: Case) -> str:
    """A request that leads to nothing at all, or a mail whose words nobody will see."""
    if not items:
        # A list of no events is no loss; the ledger says so.
        return "" if case.kind != "mail" else "Read, and nothing came of it."
    for item in items:
        if isinstance(item, (Ignored, Unclear)) and not item.reason.strip():
            return "Ignored without a reason."
        if isinstance(item, InboundMessage) and not item.provider_message_id:
            return "A message without identity: a repeat would double it."
    if case.kind == "mail" and isinstance(items[0], InboundMessage):
        return _lost_words(items[0], case.request.body)
    return ""


def _lost_words(message: InboundMessage, raw: bytes) -> str:
    found = _BODY.search(raw)
    body = found.group(1) if found else b""
    head = raw[: len(raw) - len(body)]
    if _IS_BASE64.search(head):
        with suppress(binascii.Error):
            body = binascii.a2b_base64(body) or body
    if b"utf-7" in head:
        body = body.decode("utf-7", "replace").encode("utf-8", "replace")
    has_words = bool(_VISIBLE.search(_BUILD.sub(b"", body).decode("utf-8", "ignore")))
    shows = message.text.strip() or message.html.strip() or message.quoted_text.strip() or message.attachments
    if has_words and not shows:
        return "The mail has a body, and the message shows nothing of it."
    if not message.text.strip() and message.quoted_text.strip():
        return "All of the text counts as quoted."
    return ""
