"""Texts and WhatsApps: in by the Twilio double, which signs them; out as it kept them."""

from __future__ import annotations

from typing import Any

from helpdesk.pocket import far_side
from helpdesk.pocket.doors import Doors, TwilioDoor
from helpdesk.pocket.errors import CannotDo
from helpdesk.pocket.people import Player

# Twilio's own limits, in characters.
LONGEST = {"sms": 1600, "whatsapp": 4096}
WHATSAPP = "whatsapp:"


def send(player: Player, app: str, body: str, doors: Doors) -> str:
    """From her phone to the shop; the message's SID."""
    door = _door(app, doors)
    if not body or len(body) > LONGEST[app]:
        raise CannotDo(f"A message has 1 to {LONGEST[app]} characters.")
    prefix = WHATSAPP if app == "whatsapp" else ""
    wanted = {
        "account_sid": door.account_sid,
        "from": prefix + player.phone,
        "to": prefix + door.address,
        "body": body,
        "name": player.name,
        "url": doors.webhook(door.channel),
    }
    told = far_side.post(f"{doors.twilio}/simulate/inbound", wanted)
    if not 200 <= int(told["status"]) < 300:
        raise CannotDo(f"The shop's webhook answered {told['status']}.", 502)
    return str(told["message_sid"])


def received(player: Player, doors: Doors) -> list[dict[str, Any]]:
    """What came to her number, oldest first: ``id, app, from, body, file_count, at``."""
    apps = {player.phone: "sms", WHATSAPP + player.phone: "whatsapp"}
    log = far_side.get(f"{doors.twilio}/log", {"to": list(apps)})
    return [
        {
            "id": one["sid"],
            "app": apps[one["to"]],
            "from": str(one["from"] or "").removeprefix(WHATSAPP),
            "body": one["body"],
            "file_count": len(one["media"]),
            "at": one["at"],
        }
        for one in log["messages"]
        if one["to"] in apps
    ]


def _door(app: str, doors: Doors) -> TwilioDoor:
    door = {"sms": doors.sms, "whatsapp": doors.whatsapp}.get(app)
    if door is None:
        raise CannotDo("This demo has no such channel.")
    return door
