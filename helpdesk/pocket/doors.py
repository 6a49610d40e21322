"""Which doors the demo has and how to knock: its channels and the doubles, from ``<data>/demo.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from helpdesk.pocket.errors import CannotDo


@dataclass(frozen=True, slots=True)
class TwilioDoor:
    """A number of the shop behind the Twilio double. ``address`` as people dial it."""

    channel: int
    address: str
    account_sid: str


@dataclass(frozen=True, slots=True)
class MailDoor:
    """The shop's mailbox. ``authserv_id`` names the mail server whose verdict the shop trusts."""

    channel: int
    address: str
    inbound_secret: str
    authserv_id: str


@dataclass(frozen=True, slots=True)
class Doors:
    """What this demo can be reached by; None for a channel it doesn't have."""

    base_url: str
    twilio: str
    mail_log: str
    agent_email: str
    chat_key: str
    email: MailDoor | None
    sms: TwilioDoor | None
    whatsapp: TwilioDoor | None
    phone: TwilioDoor | None

    @classmethod
    def here(cls) -> Doors:
        """Of the demo that runs on this data directory. Raises ``CannotDo`` where none is loaded."""
        try:
            facts = json.loads((settings.DATA_DIR / "demo.json").read_text())
            return cls._of(facts)
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise CannotDo("The demo is not loaded. Start with: manage.py up --demo", 410) from error

    @classmethod
    def _of(cls, facts: dict[str, Any]) -> Doors:
        channels, doubles = facts["channels"], facts["doubles"]
        mail = channels.get("email")
        return cls(
            base_url=str(facts["base_url"]).rstrip("/"),
            twilio=str(doubles["twilio"]),
            mail_log=str(doubles["smtp_log"]),
            agent_email=str(facts["agents"][0]["email"]),
            chat_key=str(channels.get("chat", {}).get("key", "")),
            email=MailDoor(mail["id"], mail["address"], mail["inbound_secret"], mail["authserv_id"]) if mail else None,
            sms=_twilio(channels.get("sms")),
            whatsapp=_twilio(channels.get("whatsapp")),
            phone=_twilio(channels.get("phone")),
        )

    def webhook(self, channel: int) -> str:
        """Where a provider posts for a channel."""
        return f"{self.base_url}/webhooks/{channel}/"


def _twilio(channel: dict[str, Any] | None) -> TwilioDoor | None:
    return TwilioDoor(channel["id"], channel["address"], channel["account_sid"]) if channel else None
