"""The one interface that every provider is spoken to through, and the words that cross it.

``verify`` and ``parse`` work on a frozen copy of the request, so the same code runs at the door, in
the worker, in a replay and in a test. ``parse`` touches neither database nor network.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from conversations.templates import ListedTemplate
from customers.assurance import Assurance

if TYPE_CHECKING:
    from channels_ingest.models import Connection


class AdapterError(Exception):
    """Something between us and a provider failed. The text is a sentence an admin can act on."""

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class InvalidSignature(AdapterError):
    """The request does not prove that it comes from the provider."""


class Unreadable(AdapterError):
    """The request is genuine but can't be understood; it is kept in quarantine."""


class Transient(AdapterError):
    """Nothing was sent; trying again later may work."""

    def __init__(self, text: str, *, code: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(text, code=code)
        self.retry_after_seconds = retry_after_seconds


class Permanent(AdapterError):
    """The provider refused for good; the same send will never work."""

    def __init__(
        self,
        text: str,
        *,
        code: str = "",
        is_opt_out: bool = False,
        only_marketing: bool = False,
        wants_template: bool = False,
    ) -> None:
        super().__init__(text, code=code)
        # The person does not want messages from us there any more, or no advertisements.
        self.is_opt_out, self.only_marketing = is_opt_out, only_marketing
        # The reply window is closed, or the template no good: (another) template may go.
        self.wants_template = wants_template


class Misconfigured(AdapterError):
    """The connection's settings are wrong; every send fails until an admin mends them."""


class OutcomeUnknown(AdapterError):
    """The provider may or may not have taken it; it must be looked up before any second try."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it came. Header names are lower case; ``path`` has no query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    def header(self, name: str) -> str:
        """The header's value, or an empty string."""
        return self.headers.get(name.lower(), "")

    @property
    def content_type(self) -> str:
        """The media type alone, lower case."""
        return self.header("content-type").split(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Sender:
    """One address somebody wrote from, and what this very request proved about it."""

    kind: str  # customers.models.Identity.Kind
    address: str  # normalised
    address_as_seen: str
    assurance: Assurance
    name: str = ""


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address as written, and the name beside it, which proves nothing."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class InboundAttachment:
    """A file that came along: its bytes, or the provider's URL to fetch them from."""

    name: str
    content_type: str
    content: bytes | None = None
    url: str = ""
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message a person (or a machine) sent us."""

    provider_message_id: str
    sender: Sender | None
    # Our address as the message was sent to it.
    recipient: str
    text: str
    occurred_at: datetime | None = None
    subject: str = ""
    html: str = ""
    quoted_text: str = ""
    client_id: str = ""
    attachments: tuple[InboundAttachment, ...] = ()
    # Tokens and Message-IDs the message carries, most trustworthy first. Whether they are ours is
    # the domain's to find out.
    reply_tokens: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    rfc_message_id: str = ""
    # Not empty for machines: "auto_reply", "bounce", "list", "no_reply", "complaint".
    automatic: str = ""
    # STOP / START / HELP where the provider or the text says so: "stop", "start", "help", and "yes", which is a
    # START only after a STOP.
    opt_out: str = ""
    # The provider has sent its own text for the keyword.
    is_opt_out_answered: bool = False
    reply_to: str = ""
    # Everybody whom the message names as its readers, us among them.
    to: tuple[NamedAddress, ...] = ()
    cc: tuple[NamedAddress, ...] = ()
    is_forward: bool = False
    language: str = ""
    # Further addresses that arrived with the sender and belong to the same person; at CLAIMED, what they
    # only say is theirs.
    also: tuple[Sender, ...] = ()
    # Why it asks for nothing, where the request alone shows it: "reaction", "number_changed", "goodbye".
    not_work: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    # What was said in a call: the provider's id of the call, and which of the caller's turns it was.
    call: CallTurnRef | None = None
    # How surely the words were recognised, from 0 to 1.
    heard_confidence: float | None = None
    # Mail that lay in the mailbox before it was connected is history: when it came there. Else None.
    history_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallTurnRef:
    """One turn of one call. ``at`` is the place in our own script that the caller answered, ``heard`` what it
    meant there; ``wait`` counts how often she was asked for patience."""

    call_id: str
    number: int = 0
    at: str = ""
    heard: str = ""
    wait: int = 0


@dataclass(frozen=True, slots=True)
class CallUpdate:
    """What happens to a call beside what is said in it.

    ``kind``: "turn" (it came in, or the caller said nothing we keep), "ended", "failed".
    """

    ref: CallTurnRef
    kind: str
    # Who calls; None where the number is withheld or not told.
    sender: Sender | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryUpdate:
    """The provider's word on something we sent. ``state`` is a Delivery state's value."""

    provider_message_id: str
    state: str
    occurred_at: datetime | None = None
    error_code: str = ""
    error_text: str = ""
    recipient: str = ""
    idempotency_key: str = ""
    cost: str = ""
    currency: str = ""
    # As in Permanent.
    is_opt_out: bool = False
    only_marketing: bool = False
    wants_template: bool = False


@dataclass(frozen=True, slots=True)
class ConsentUpdate:
    """A person has changed what she wants from us, by a switch of the provider's and without a message.

    ``word`` is "stop" or "start"; it is about advertisements alone where ``only_marketing``.
    """

    sender: Sender
    word: str
    only_marketing: bool = True
    words: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TemplateUpdate:
    """What became of one of our templates. ``account`` is the business account that holds it; ``state`` is a
    MessageTemplate state's value."""

    account: str
    provider_id: str
    state: str
    reason: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class TypingUpdate:
    """Somebody is typing."""

    sender: Sender


@dataclass(frozen=True, slots=True)
class Ignored:
    """Genuine, understood, and nothing to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """One part of a genuine request that can't be understood. The other parts count; the request is quarantined."""

    reason: str


@dataclass(frozen=True, slots=True)
class ForAccount:
    """A part that belongs to another of our accounts with the provider, by the provider's own name for it."""

    account: str
    item: InboundMessage | DeliveryUpdate | ConsentUpdate | TypingUpdate | Ignored | Unclear


InboundItem = (
    InboundMessage
    | DeliveryUpdate
    | ConsentUpdate
    | TemplateUpdate
    | TypingUpdate
    | CallUpdate
    | Ignored
    | Unclear
    | ForAccount
)


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
class SendResult:
    """What the provider answered. ``state`` is a Delivery state's value: "sent" or "sending"."""

    provider_message_id: str
    state: str = "sent"
    cost: str = ""
    currency: str = ""
    segment_count: int = 0
    # Of the several readers of one mail, those whom the provider turned down, and why.
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message that the provider lists as received for us, in its own words."""

    provider_message_id: str
    received_at: datetime
    resource: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """Some of them, newest first, and where the next page begins; empty at the end."""

    messages: tuple[ReceivedMessage, ...]
    following: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of a connection's live test."""

    name: str
    is_ok: bool
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider expects to hear back once its request is stored."""

    status: int = 200
    content_type: str = "application/json"
    body: str = "{}"


@dataclass(frozen=True, slots=True)
class ConnectionField:
    """One thing an admin enters to connect a channel; forms are made of these, and errors name their labels."""

    name: str
    label: str
    # Where to find it, in a sentence.
    help_text: str = ""
    is_required: bool = False
    # Kept encrypted among the connection's credentials, else among its settings.
    is_credential: bool = False
    # A credential that is never shown again, but for its last four characters.
    is_secret: bool = False
    # "text", "number", "url", "flag", "lines" (a list, one a line), "date" (ISO 8601) or "choice".
    form: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    # Needed only in uncommon set-ups: shown folded.
    is_advanced: bool = False
    # Made by us where the admin enters none.
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """Something an admin copies to where it is wanted: an address, a command, a piece of html."""

    label: str
    value: str
    # Where it goes, in a sentence.
    help_text: str = ""


class ChannelAdapter(ABC):
    """One provider. Subclasses fill in ``verify``, ``parse`` and ``send``."""

    provider: ClassVar[str]  # "twilio_sms"
    channel_kind: ClassVar[str]  # "sms"
    label: ClassVar[str]  # "SMS (Twilio)"
    # Whether ``look_up_cost`` will have an answer some day.
    has_prices: ClassVar[bool] = False
    # Whether ``list_templates`` can be asked.
    has_templates: ClassVar[bool] = False
    # Whether the provider can be asked what it received for us: then what it could not deliver is found.
    lists_received: ClassVar[bool] = False
    # Whether each reader of a mail can get a copy of its own that shows the others; else one mail carries them all.
    sends_copies: ClassVar[bool] = False
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
