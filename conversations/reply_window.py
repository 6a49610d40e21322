"""How long we may still write where a provider lets us only answer (WhatsApp's 24 hours).

Counted from the customer's own clock: a message that reached us late has opened the window earlier.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from conversations.models import Channel, Message
from customers.models import Identity

# What the provider itself says, and what it does not count as a message.
NOT_SAID = frozenset({"reaction", "revoked", "number_changed", "identity_changed"})


def closes_at(channel: Channel, identity: Identity) -> datetime | None:
    """When the window closes, or closed. None where the address never wrote to this channel.

    Reactions and what the provider itself says don't count. Only for kinds that have a window.
    """
    window = channel.abilities.reply_window or timedelta()
    said = identity.messages.filter(channel=channel, direction=Message.Direction.INBOUND, is_automatic=False)
    # A clock that runs ahead gives nobody more time.
    said_at = Least(Coalesce("occurred_at", "created_at"), "created_at")
    last = said.exclude(not_work__in=NOT_SAID).aggregate(at=Max(said_at))["at"]
    return last + window if last else None


def why_closed(channel: Channel, identity: Identity) -> str:
    """The sentence that says why we can't write now; empty where we can, or where there is no window."""
    return sentence(channel, closes_at(channel, identity)) if channel.abilities.reply_window else ""


def sentence(channel: Channel, closes: datetime | None) -> str:
    """The same for a moment already known."""
    label = channel.abilities.label
    if closes is None:
        return f"{label} lets us only answer, or send a template, and nothing came from this address there yet"
    ago = timezone.now() - closes
    if ago < timedelta():
        return ""
    return f"The {label} window closed {in_words(ago)} ago: send a template, or answer once the customer writes again"


def in_words(duration: timedelta) -> str:
    """ "3 h", "2 days", "5 min": as much as somebody wants to know."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
