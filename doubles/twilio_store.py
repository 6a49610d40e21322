"""What the Twilio double remembers, and how it was told to misbehave."""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from doubles.reply_windows import ReplyWindows
from doubles.twilio_content import Content, samples

MAX_MESSAGE_COUNT = 20_000
MAX_REQUEST_COUNT = 5_000
MAX_MEDIA_BYTES = 64 * 1024 * 1024
OPT_OUT_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
OPT_IN_WORDS = frozenset({"START", "YES", "UNSTOP"})


def new_sid(prefix: str) -> str:
    """A SID as Twilio makes them: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class StoredMessage:
    """One message in either direction."""

    account_sid: str
    to: str
    sender: str
    body: str
    media: list[str]
    direction: str = "outbound-api"
    status: str = "queued"
    callback_url: str = ""
    messaging_service_sid: str = ""
    # The template it was made of.
    content_sid: str = ""
    error_code: int | None = None
    # What was found where its files are.
    fetched: list[dict[str, object]] = field(default_factory=list)
    sid: str = field(default_factory=lambda: new_sid("SM"))
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None

    def resource(self) -> dict[str, object]:
        """As Twilio's API shows it."""
        is_priced = self.status in {"delivered", "undelivered", "read"}
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "messaging_service_sid": self.messaging_service_sid or None,
            "to": self.to,
            "from": self.sender or None,
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "num_media": str(len(self.media)),
            "num_segments": str(self.segment_count),
            "price": f"-{0.0079 * self.segment_count:.5f}" if is_priced else None,
            "price_unit": "USD",
            "error_code": self.error_code,
            "error_message": None,
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(datetime.now(UTC)),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "api_version": "2010-04-01",
            "uri": f"{path}.json",
            "subresource_uris": {"media": f"{path}/Media.json"},
        }

    @property
    def listed_at(self) -> datetime:
        """What Twilio's lists are sorted by, newest first."""
        return self.sent_at or self.created_at

    @property
    def segment_count(self) -> int:
        """Near enough for a stand-in: the extension characters of GSM-7 count once."""
        alone, joined = (160, 153) if self.body.isascii() else (70, 67)
        return 1 if len(self.body) <= alone else -(-len(self.body) // joined)

    def logged(self) -> dict[str, object]:
        """As ``GET /log`` shows it."""
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "media": self.media,
            "fetched": self.fetched,
            "status": self.status,
            "content_sid": self.content_sid,
            "at": self.created_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class NextAnswer:
    """What happens to one send instead of the usual. ``is_taken`` sends it all the same."""

    status: int = 201
    code: int = 0
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hang_seconds: float = 0.0
    is_dropped: bool = False
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How one message ends instead of "delivered"."""

    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """How status callbacks are sent."""

    is_off: bool = False
    is_shuffled: bool = False
    duplicate_count: int = 0
    delay_seconds: float = 0.05


@dataclass(slots=True)
class Behaviour:
    """Everything ``POST /behaviour`` sets; ``POST /reset`` takes it back."""

    next: deque[NextAnswer] = field(default_factory=deque)
    final: deque[Ending] = field(default_factory=deque)
    callbacks: Callbacks = field(default_factory=Callbacks)
    media_missing_count: int = 0
    media_location: str = ""
    # The status of every answer to a GET while the API has an outage; 0: it has none.
    outage_status: int = 0
    # So many of the next incoming messages are taken in, but their webhook reaches nobody.
    lost_webhook_count: int = 0
    # Numbers on the account with their webhooks; empty: every number is, without a webhook.
    numbers: dict[str, str] = field(default_factory=dict)

    def change(self, wanted: dict[str, Any]) -> None:
        """Apply a request. An unknown word raises, so that a typing error doesn't pass for good behaviour."""
        wanted = dict(wanted)
        self.next.extend(NextAnswer(**item) for item in _repeated(wanted.pop("next", [])))
        self.final.extend(Ending(**item) for item in _repeated(wanted.pop("final", [])))
        if "callbacks" in wanted:
            self.callbacks = Callbacks(**wanted.pop("callbacks"))
        self.media_missing_count = int(wanted.pop("media_missing_count", self.media_missing_count))
        self.media_location = str(wanted.pop("media_location", self.media_location))
        self.outage_status = int(wanted.pop("outage_status", self.outage_status))
        self.lost_webhook_count = int(wanted.pop("lost_webhook_count", self.lost_webhook_count))
        self.numbers = dict(wanted.pop("numbers", self.numbers))
        if wanted:
            raise ValueError(f"unknown behaviour: {', '.join(wanted)}")


class TwilioStore:
    """All the double's memory, bounded: the oldest goes first."""

    def __init__(self) -> None:
        # By account and number: where the number's messages and calls are told.
        self.owned_numbers: dict[str, dict[str, dict[str, str]]] = {}
        self.reset()

    def reset(self) -> None:
        """Forget everything but the accounts and their numbers."""
        self.messages: OrderedDict[str, StoredMessage] = OrderedDict()
        self.requests: deque[dict[str, object]] = deque(maxlen=MAX_REQUEST_COUNT)
        self.callbacks: deque[dict[str, object]] = deque(maxlen=MAX_REQUEST_COUNT)
        self.media: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self.recordings: dict[str, bytes] = {}
        self.behaviour = Behaviour()
        self.windows = ReplyWindows()
        self.contents: list[Content] = samples()
        self._media_bytes = 0
        self._opted_out: set[tuple[str, str]] = set()

    def add(self, message: StoredMessage) -> None:
        """Remember a message; an inbound STOP or START counts from here on."""
        self.messages[message.sid] = message
        while len(self.messages) > MAX_MESSAGE_COUNT:
            self.messages.popitem(last=False)
        word = message.body.strip().upper()
        if message.direction == "inbound" and word in OPT_OUT_WORDS | OPT_IN_WORDS:
            self.set_opt_out(person=message.sender, number=message.to, is_out=word in OPT_OUT_WORDS)

    def add_media(self, content_type: str, content: bytes) -> str:
        """Remember a file; its SID."""
        sid = new_sid("ME")
        self.media[sid] = (content_type, content)
        self._media_bytes += len(content)
        while self._media_bytes > MAX_MEDIA_BYTES and len(self.media) > 1:
            _, (_, oldest) = self.media.popitem(last=False)
            self._media_bytes -= len(oldest)
        return sid

    def set_opt_out(self, *, person: str, number: str, is_out: bool) -> None:
        """Block or open a pair of numbers; an empty ``number`` stands for all of ours."""
        if is_out:
            self._opted_out.add((person, number))
        else:
            self._opted_out -= {(person, number), (person, "")}

    def has_opted_out(self, person: str, number: str) -> bool:
        """Whether the person has stopped messages from this number."""
        return bool(self._opted_out & {(person, number), (person, "")})

    def log(self, to: Collection[str] | None = None) -> dict[str, object]:
        """What ``GET /log`` shows; with addresses, only the messages to them."""
        outbound = [message.logged() for message in self.messages.values() if message.direction != "inbound"]
        if to:
            return {"messages": [message for message in outbound if message["to"] in to]}
        return {"messages": outbound, "requests": list(self.requests), "callbacks": list(self.callbacks)}


def _repeated(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in item.items() if k != "times"} for item in items for _ in range(item.get("times", 1))]
