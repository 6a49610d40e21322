"""What the double of the mail services remembers, and how it was told to misbehave."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any

MAX_COUNT = 5_000


@dataclass(slots=True)
class Account:
    """One account at one service. Addresses may carry ``user:password@``, which is sent as basic authentication."""

    service: str  # "postmark" or "mailgun"
    key: str
    domain: str = ""
    signing_key: str = ""
    inbound_url: str = ""
    tracking_url: str = ""
    # Postmark: mails come with RawEmail. Mailgun decides by the address's ending.
    is_raw: bool = False
    is_active: bool = True


@dataclass(slots=True)
class SentMail:
    """A mail that a service took."""

    service: str
    id: str
    message_id: str
    sender: str
    to: str
    subject: str
    cc: str = ""
    bcc: str = ""
    text: str = ""
    html: str = ""
    reply_to: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    attachments: list[dict[str, object]] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def header(self, name: str) -> str:
        """A header's value, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def recipients(self) -> list[str]:
        """Every address it goes to."""
        return [address for _, address in getaddresses([self.to, self.cc, self.bcc]) if "@" in address]

    def logged(self) -> dict[str, object]:
        """As ``GET /log`` shows it."""
        return {
            "service": self.service,
            "id": self.id,
            "message_id": self.message_id,
            "from": self.sender,
            "to": self.to,
            "cc": self.cc,
            "bcc": self.bcc,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "reply_to": self.reply_to,
            "in_reply_to": self.header("In-Reply-To"),
            "references": self.header("References"),
            "headers": [list(pair) for pair in self.headers],
            "metadata": self.metadata,
            "attachments": self.attachments,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class NextAnswer:
    """What happens to one send instead of the usual. ``is_taken`` sends it all the same."""

    status: int = 200
    content: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hang_seconds: float = 0.0
    is_dropped: bool = False
    is_taken: bool = False


@dataclass(slots=True)
class Behaviour:
    """Everything ``POST /behaviour`` sets; ``POST /reset`` takes it back."""

    next: deque[NextAnswer] = field(default_factory=deque)
    # What is reported of the mails to come, each a list of events: ["deferred", "delivered"].
    events: deque[list[str]] = field(default_factory=deque)
    # Reports go out before the send call is answered.
    is_early: bool = False
    # Nothing is reported by itself.
    is_silent: bool = False
    # Searches don't find what was sent.
    is_search_behind: bool = False

    def change(self, wanted: dict[str, Any]) -> None:
        """Apply a request. An unknown word raises, so that a typing error doesn't pass for good behaviour."""
        wanted = dict(wanted)
        self.next.extend(NextAnswer(**item) for item in wanted.pop("next", []))
        self.events.extend([str(one) for one in item] for item in wanted.pop("events", []))
        for name in ("is_early", "is_silent", "is_search_behind"):
            setattr(self, name, bool(wanted.pop(name, getattr(self, name))))
        if wanted:
            raise ValueError(f"unknown behaviour: {', '.join(wanted)}")


class EspStore:
    """All the double's memory, bounded: the oldest goes first."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.reset()

    def reset(self) -> None:
        """Forget everything but the accounts."""
        self.mails: deque[SentMail] = deque(maxlen=MAX_COUNT)
        self.requests: deque[dict[str, object]] = deque(maxlen=MAX_COUNT)
        self.webhooks: deque[dict[str, object]] = deque(maxlen=MAX_COUNT)
        self.behaviour = Behaviour()

    def account(self, service: str, key: str) -> Account | None:
        """The account that a key opens."""
        return next((one for one in self.accounts if one.service == service and one.key == key), None)

    def log(self) -> dict[str, object]:
        """What ``GET /log`` shows."""
        mails = [mail.logged() for mail in self.mails]
        return {"mails": mails, "requests": list(self.requests), "webhooks": list(self.webhooks)}


def new_id() -> str:
    """An id as services make them."""
    text = secrets.token_hex(16)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
