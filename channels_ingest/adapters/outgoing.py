"""What we hand to providers, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from channels_ingest.adapters.incoming import NamedAddress


@dataclass(frozen=True, slots=True)
class OutboundAttachment:
    """A file to send: bytes for channels that carry them, a public URL for those that fetch."""

    name: str
    content_type: str
    content: bytes
    url: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class TemplateValue:
    """What stands for one variable. ``part`` is "header", "body" or "button" (then ``index`` says which)."""

    part: str
    name: str
    value: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class OutboundTemplate:
    """An approved template with its values, in the order of its variables."""

    provider_id: str
    name: str
    language: str
    values: tuple[TemplateValue, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """An earlier mail of the thread that this very recipient wrote or received."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """Everything a provider needs to send one message to one address."""

    idempotency_key: str
    to_address: str
    to_name: str
    from_address: str
    from_name: str
    text: str
    html: str = ""
    subject: str = ""
    attachments: tuple[OutboundAttachment, ...] = ()
    # Everybody whom the message shows as its readers, where it has several; this copy still goes to one.
    to: tuple[NamedAddress, ...] = ()
    cc: tuple[NamedAddress, ...] = ()
    # Only where one mail carries all copies: readers who are shown to nobody.
    bcc: tuple[NamedAddress, ...] = ()
    quoted: tuple[QuotedMessage, ...] = ()
    rfc_message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_token: str = ""
    is_automatic: bool = False
    status_callback_url: str = ""
    # Sent instead of ``text``, which then only says what the customer will read.
    template: OutboundTemplate | None = None
    # When the attempt began whose outcome is looked up; a lookup never matches anything older.
    attempted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """What one segment costs by the provider's list: from the cheapest network to the dearest."""

    lowest: Decimal
    highest: Decimal
    # ISO 4217.
    currency: str


@dataclass(frozen=True, slots=True)
class SendResult:
    """What the provider answered. ``state`` is a Delivery state's value: "sent" or "sending"."""

    provider_message_id: str
    state: str = "sent"
    cost: str = ""
    currency: str = ""
    segment_count: int = 0
    # Of the several readers of one mail, those whom the provider turned down, and why.
    refused: tuple[tuple[str, str], ...] = ()
