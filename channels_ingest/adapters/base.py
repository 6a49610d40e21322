"""The one interface that every provider is spoken to through, and the words that cross it.

``verify`` and ``parse`` work on a frozen copy of the request, so the same code runs at the door, in
the worker, in a replay and in a test. ``parse`` touches neither database nor network.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField, Door
from channels_ingest.adapters.failures import (
    OutcomeUnknown,
    Permanent,
)
from channels_ingest.adapters.incoming import (
    Answer,
    CallTurnRef,
    InboundAttachment,
    InboundItem,
    RawRequest,
    ReceivedMessage,
    ReceivedPage,
)
from channels_ingest.adapters.outgoing import ListedPrice, OutboundMessage, SendResult
from conversations.templates import ListedTemplate

if TYPE_CHECKING:
    from channels_ingest.models import Connection


class ChannelAdapter(ABC):
    """One provider. Subclasses fill in ``verify``, ``parse`` and ``send``."""

    provider: ClassVar[str]  # "twilio_sms"
    channel_kind: ClassVar[str]  # "sms"
    label: ClassVar[str]  # "SMS (Twilio)"
    # Whether ``look_up_cost`` will have an answer some day.
    has_prices: ClassVar[bool] = False
    # Whether ``list_price`` can be asked.
    lists_prices: ClassVar[bool] = False
    # Whether ``list_templates`` can be asked.
    has_templates: ClassVar[bool] = False
    # Whether the provider can be asked what it received for us: then what it could not deliver is found.
    lists_received: ClassVar[bool] = False
    # Whether each reader of a mail can get a copy of its own that shows the others; else one mail carries them all.
    sends_copies: ClassVar[bool] = False
    # How many bytes of files one message may carry, where that is less than others of its kind take.
    max_files_bytes: ClassVar[int | None] = None
    # What an admin should have at hand before connecting, in a sentence; empty: the required fields say it.
    beforehand: ClassVar[str] = ""
    # What the connection is made of, in the order in which an admin enters it.
    fields: ClassVar[tuple[ConnectionField, ...]] = ()

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @abstractmethod
    def verify(self, request: RawRequest) -> None:
        """Raise InvalidSignature unless the request proves its origin. There is no default: a
        channel without a check doesn't exist."""

    def accepted_authorizations(self) -> Iterator[str]:
        """The Authorization headers that ``verify`` lets in, where it goes by that header."""
        return iter(())

    @abstractmethod
    def parse(self, request: RawRequest) -> list[InboundItem]:
        """What the request says. Raises Unreadable where it can't be understood."""

    def inquire(self, request: RawRequest) -> dict[str, str]:
        """What has to be asked elsewhere before the request can be read, for the ledger to keep among its headers.

        Runs in the worker, may use the network within seconds, and never raises. ``parse`` finds it there: so a
        replay reads the same. Names hold blanks, as no header's that arrives can.
        """
        return {}

    @abstractmethod
    def send(self, message: OutboundMessage) -> SendResult:
        """Hand one message to the provider. Raises Transient, Permanent, Misconfigured or OutcomeUnknown."""

    @property
    def account(self) -> str:
        """What the provider calls this connection where one address of ours serves several; else empty."""
        return ""

    def new_message_id(self) -> str:
        """A Message-ID for the next mail; empty on channels whose messages have none of ours."""
        return ""

    def find_sent(self, message: OutboundMessage) -> SendResult | None:
        """Look up whether an earlier attempt arrived; None where the provider knows nothing of it.

        Raises OutcomeUnknown where the provider offers no way to find out.
        """
        raise OutcomeUnknown("This provider can't be asked what became of a message.")

    def received(self, since: datetime, page: str = "") -> ReceivedPage:
        """What the provider received for us since a moment, one page at a time. Only with ``lists_received``."""
        raise Permanent("This provider can't be asked what it received.")

    def received_content(self, message: ReceivedMessage) -> tuple[bytes, str]:
        """What the webhook of a listed message would have brought: its body and content type."""
        raise Permanent("This provider can't be asked what it received.")

    def look_up_cost(self, provider_message_id: str) -> tuple[str, str] | None:
        """What a message cost, as (amount, ISO 4217 currency); None while the provider has no price for it."""
        return None

    def list_price(self, country: str) -> ListedPrice | None:
        """What one text to a country (ISO 3166, "DE") will cost; None where the provider's list has no price."""
        return None

    def list_templates(self) -> list[ListedTemplate]:
        """All templates that this channel could send, approved or not. Raises Misconfigured where a setting is
        missing to ask for them, Transient where the provider can't be asked now."""
        return []

    @property
    def template_account(self) -> str:
        """The provider's name for the account that holds this connection's templates; empty where not told."""
        return ""

    def fetch(self, attachment: InboundAttachment) -> InboundAttachment:
        """The attachment with its content, fetched from the provider where only a URL came."""
        raise Permanent("This provider sends files along, not links.")

    def answer(self, request: RawRequest) -> Answer:
        """What to reply at the door once the request is stored."""
        return Answer()

    def live_turn(self, request: RawRequest) -> CallTurnRef | None:
        """The turn of a call whose caller now waits for what we say; None where nobody waits for words."""
        return None

    def check(self) -> Iterator[CheckResult]:
        """A live test of the connection, a line at a time."""
        return iter(())

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """What an admin copies to the provider, for each public address of this installation. Holds no secret."""
        path = f"/webhooks/{self.connection.channel_id}/"
        for url in public_urls:
            yield Door("Incoming messages", url + path, "Where the provider posts what comes in (HTTP POST).")
        for url in public_urls:
            yield Door("Delivery reports", f"{url}{path}status/", "Where it posts what became of what we sent.")


def public_url_variants(public_urls: list[str], path: str, query: str) -> Iterator[str]:
    """Every spelling of a URL that a provider may have signed: each public address, with and without its port."""
    tail = path + ("?" + query if query else "")
    for base in public_urls:
        parts = urlsplit(base)
        host = parts.hostname or ""
        if ":" in host:
            host = f"[{host}]"
        default_port = 443 if parts.scheme == "https" else 80
        prefix = parts.path.rstrip("/")
        yield f"{parts.scheme}://{host}:{parts.port or default_port}{prefix}{tail}"
        yield f"{parts.scheme}://{host}{prefix}{tail}"
