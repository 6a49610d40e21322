"""What the Graph double remembers, and how it was told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from doubles.graph_templates import Template, samples
from doubles.reply_windows import ReplyWindows
from doubles.twilio_store import Callbacks, Ending

MAX_MESSAGE_COUNT = 20_000
MAX_REQUEST_COUNT = 5_000
MAX_MEDIA_BYTES = 64 * 1024 * 1024
MEDIA_LINK_SECONDS = 300.0
_numbers = itertools.count(1)


def new_message_id() -> str:
    """An id as WhatsApp makes them."""
    return "wamid." + base64.b64encode(secrets.token_bytes(36)).decode()


@dataclass(frozen=True, slots=True)
class Number:
    """One telephone number of a business, and the app that sends and receives for it."""

    phone_number_id: str
    display_phone_number: str = ""
    access_token: str = ""
    app_secret: str = ""
    # Where the app wants its notifications; one address for all numbers of an app.
    webhook_url: str = ""
    business_account_id: str = "100000000000000"


@dataclass(slots=True)
class StoredMessage:
    """One message that was sent through the API."""

    phone_number_id: str
    person: str  # digits, or a business-scoped id
    content: dict[str, Any]
    callback_data: str = ""
    status: str = "accepted"
    id: str = field(default_factory=new_message_id)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    # What a template says with its values.
    template_body: str = ""
    # The error it will end with whatever else was told.
    refused_with: int | None = None

    @property
    def body(self) -> str:
        """Its words, whatever its type."""
        if self.template_body:
            return self.template_body
        part = self.content.get(str(self.content.get("type")), {})
        return str(part.get("body") or part.get("caption") or "") if isinstance(part, dict) else ""

    def logged(self) -> dict[str, object]:
        """As ``GET /log`` shows it."""
        return {
            "id": self.id,
            "phone_number_id": self.phone_number_id,
            "to": self.person,
            "type": self.content.get("type", "text"),
            "body": self.body,
            "content": self.content,
            "biz_opaque_callback_data": self.callback_data,
            "status": self.status,
            "at": self.created_at.isoformat(),
        }


@dataclass(slots=True)
class StoredMedia:
    """One file, and the link to it that lives five minutes."""

    content_type: str
    content: bytes
    filename: str = ""
    link: str = ""
    link_until: float = 0.0

    @property
    def sha256(self) -> str:
        """Base64, as Meta gives it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()

    def new_link(self) -> str:
        """A fresh link; the one before goes on living."""
        self.link, self.link_until = self.link or secrets.token_hex(16), time.monotonic() + MEDIA_LINK_SECONDS
        return self.link


@dataclass(frozen=True, slots=True)
class NextAnswer:
    """What happens to one send instead of the usual. ``is_taken`` sends it all the same."""

    status: int = 200
    code: int = 0
    subcode: int = 0
    message: str = ""
    details: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hang_seconds: float = 0.0
    is_dropped: bool = False
    is_taken: bool = False


@dataclass(slots=True)
class Behaviour:
    """Everything ``POST /behaviour`` sets; ``POST /reset`` takes it back."""

    next: deque[NextAnswer] = field(default_factory=deque)
    final: deque[Ending] = field(default_factory=deque)
    callbacks: Callbacks = field(default_factory=Callbacks)
    # How many downloads find their link expired.
    media_expired_count: int = 0
    # Where links to files lead instead of here.
    media_location: str = ""

    def change(self, wanted: dict[str, Any], windows: ReplyWindows) -> None:
        """Apply a request. An unknown word raises, so that a typing error doesn't pass for good behaviour."""
        wanted = dict(wanted)
        self.next.extend(NextAnswer(**item) for item in _repeated(wanted.pop("next", [])))
        self.final.extend(Ending(**item) for item in _repeated(wanted.pop("final", [])))
        if "callbacks" in wanted:
            self.callbacks = Callbacks(**wanted.pop("callbacks"))
        self.media_expired_count = int(wanted.pop("media_expired_count", self.media_expired_count))
        self.media_location = str(wanted.pop("media_location", self.media_location))
        windows.is_strict = bool(wanted.pop("is_window_strict", windows.is_strict))
        if wanted:
            raise ValueError(f"unknown behaviour: {', '.join(wanted)}")


class GraphStore:
    """All the double's memory, bounded: the oldest goes first."""

    def __init__(self) -> None:
        self.numbers: dict[str, Number] = {}
        self.reset()

    def reset(self) -> None:
        """Forget everything but the numbers."""
        self.messages: OrderedDict[str, StoredMessage] = OrderedDict()
        self.requests: deque[dict[str, object]] = deque(maxlen=MAX_REQUEST_COUNT)
        self.callbacks: deque[dict[str, object]] = deque(maxlen=MAX_REQUEST_COUNT)
        self.media: OrderedDict[str, StoredMedia] = OrderedDict()
        self.windows = ReplyWindows()
        self.templates: list[Template] = samples()
        # Who wants no advertisements from a number.
        self.no_marketing: set[tuple[str, str]] = set()
        self.behaviour = Behaviour()
        self._media_bytes = 0

    def add(self, message: StoredMessage) -> None:
        """Remember a message."""
        self.messages[message.id] = message
        while len(self.messages) > MAX_MESSAGE_COUNT:
            self.messages.popitem(last=False)

    def put_template(self, template: Template) -> None:
        """Add a template, or replace the one of its name and language, which keeps its id."""
        for at, one in enumerate(self.templates):
            if (one.name, one.language) == (template.name, template.language):
                template.id = one.id
                self.templates[at] = template
                return
        self.templates.append(template)

    def add_media(self, media: StoredMedia) -> str:
        """Remember a file; its id."""
        media_id = f"{9_000_000_000_000 + next(_numbers)}"
        self.media[media_id] = media
        self._media_bytes += len(media.content)
        while self._media_bytes > MAX_MEDIA_BYTES and len(self.media) > 1:
            _, oldest = self.media.popitem(last=False)
            self._media_bytes -= len(oldest.content)
        return media_id

    def log(self) -> dict[str, object]:
        """What ``GET /log`` shows."""
        sent = [message.logged() for message in self.messages.values()]
        return {"messages": sent, "requests": list(self.requests), "callbacks": list(self.callbacks)}


def _repeated(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in item.items() if k != "times"} for item in items for _ in range(item.get("times", 1))]
