"""Calls: her side of one that the Twilio double carries. What she says is text, as speech recognition heard it."""

from __future__ import annotations

from typing import Any

from django.core import signing

from helpdesk.pocket import far_side
from helpdesk.pocket.doors import Doors
from helpdesk.pocket.errors import CannotDo
from helpdesk.pocket.people import Player

SALT = "pocket call"
LONGEST_SPEECH, LONGEST_DIGITS = 500, 20
KEYS = frozenset("0123456789*#")
# What Twilio shows of a caller who hides the number.
WITHHELD = "anonymous"


def start(player: Player, doors: Doors, *, is_withheld: bool) -> str:
    """Dial the shop; a signed name of the call, for this person alone."""
    if doors.phone is None:
        raise CannotDo("This demo has no telephone line.")
    wanted = {
        "account_sid": doors.phone.account_sid,
        "from": WITHHELD if is_withheld else player.phone,
        "to": doors.phone.address,
        "url": doors.webhook(doors.phone.channel),
    }
    told = far_side.post(f"{doors.twilio}/simulate/call/start", wanted)
    return signed(str(told["sid"]), player)


def signed(sid: str, player: Player) -> str:
    """The name under which her browser knows a call."""
    return signing.dumps([sid, player.phone], salt=SALT)


def say(player: Player, doors: Doors, call: object, *, text: str = "", digits: str = "") -> None:
    """Speak, or press keys."""
    if digits:
        if len(digits) > LONGEST_DIGITS or not set(digits) <= KEYS:
            raise CannotDo("A telephone has the keys 0 to 9, * and #.")
        done = {"digits": digits}
    elif text and len(text) <= LONGEST_SPEECH:
        done = {"speech": text}
    else:
        raise CannotDo(f"Say 1 to {LONGEST_SPEECH} characters at a time.")
    far_side.post(f"{doors.twilio}/simulate/call/say", {"sid": _sid_of(player, call), **done})


def hang_up(player: Player, doors: Doors, call: object) -> None:
    """End the call."""
    if look(player, doors, call)["is_live"]:
        far_side.post(f"{doors.twilio}/simulate/call/hangup", {"sid": _sid_of(player, call)})


def look(player: Player, doors: Doors, call: object) -> dict[str, Any]:
    """``is_live``, ``waits_for`` ("listening", "recording" or nothing) and what was ``heard``: ``is_hers, text``."""
    told = far_side.get(f"{doors.twilio}/simulate/call/{_sid_of(player, call)}")
    return {
        "is_live": told["status"] != "completed",
        "waits_for": told["waits_for"],
        "heard": [{"is_hers": line["who"] == "caller", "text": line["text"]} for line in told["lines"]],
    }


def _sid_of(player: Player, call: object) -> str:
    """The SID in a call's signed name. Raises ``CannotDo`` for a forged one or another person's."""
    try:
        sid, phone = signing.loads(str(call), salt=SALT)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise CannotDo("This call is not known.", 404) from error
    if phone != player.phone:
        raise CannotDo("This call is somebody else's.", 403)
    return str(sid)
