"""What a screen has to know of a channel before it lets something wait: the rules that it warns of in time."""

from __future__ import annotations

from typing import Any

from conversations import sending
from conversations.models import Channel


def of_channel(channel: Channel) -> dict[str, Any]:
    """How long messages wait to be taken back (seconds), whether they can be scheduled, and the quiet hours."""
    return {
        "undo_seconds": int(channel.abilities.undo.total_seconds()),
        "takes_later": channel.abilities.takes_later,
        # Unless the agent says otherwise, what was scheduled leaves although the customer has written.
        "sends_anyway": channel.desk.sends_anyway,
        "quiet": _quiet(channel),
    }


def _quiet(channel: Channel) -> dict[str, str] | None:
    """The quiet hours, on the desk's clock."""
    begins, ends = channel.quiet_from, channel.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    zone = sending.zone_of(channel.desk)
    return {"from": begins.isoformat("minutes"), "until": ends.isoformat("minutes"), "zone": str(zone)}
