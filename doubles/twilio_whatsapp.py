"""What is different about WhatsApp in the Twilio double: addresses, the reply window, read receipts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

PREFIX = "whatsapp:"
WINDOW_CLOSED = 63016
_USER_ID = re.compile(r"whatsapp:[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


def is_user_id(address: str) -> bool:
    """Whether it is a business-scoped id, which may stand where a number does."""
    return _USER_ID.fullmatch(address) is not None


def states(sender: str, usual: str) -> tuple[str, ...]:
    """What becomes of a message that nothing else was said about: on WhatsApp it is read at last."""
    if usual == "delivered" and sender.startswith(PREFIX):
        return ("queued", "sent", "delivered", "read")
    return ("queued", "sent", usual)


def callback_fields(sender: str, status: str) -> dict[str, str]:
    """What Twilio adds to a status callback."""
    if not sender.startswith(PREFIX):
        return {}
    event = {"EventType": status.upper()} if status in {"delivered", "read"} else {}
    return {"ChannelPrefix": "whatsapp", "ChannelInstallSid": "XE" + "0" * 32, **event}


def inbound_fields(wanted: dict[str, Any], *, media_type: str = "") -> dict[str, str]:
    """What Twilio adds to a message that comes in: ``name`` and ``user_id`` of the person, and its type."""
    sender = str(wanted["from"])
    if not sender.startswith(PREFIX):
        return {}
    fields = {"ProfileName": str(wanted.get("name", "Double")), "MessageType": media_type.partition("/")[0] or "text"}
    if not is_user_id(sender):
        fields["WaId"] = sender.removeprefix(PREFIX).removeprefix("+")
    if wanted.get("user_id"):
        fields["ExternalUserId"] = PREFIX + str(wanted["user_id"]).removeprefix(PREFIX)
    return fields


def heard_at(wanted: dict[str, Any]) -> datetime | None:
    """When the person wrote: ``at`` in seconds since 1970, else now."""
    return datetime.fromtimestamp(float(wanted["at"]), UTC) if wanted.get("at") else None
