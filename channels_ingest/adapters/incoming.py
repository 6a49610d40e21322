"""What providers bring us: the request as it came, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from customers.assurance import Assurance


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
class Answer:
    """What a provider expects to hear back once its request is stored."""

    status: int = 200
    content_type: str = "application/json"
    body: str = "{}"


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address as written, and the name beside it, which proves nothing."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """One address somebody wrote from, and what this very request proved about it."""

    kind: str  # customers.models.Identity.Kind
    address: str  # normalised
    address_as_seen: str
    assurance: Assurance
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
    address_health: str = ""


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
