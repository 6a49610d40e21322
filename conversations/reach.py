"""Which addresses of a customer we can write to, on which of our channels, and which comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from conversations import channel_kinds, reply_window
from conversations.models import Channel, Conversation, Message
from customers.actions import consent
from customers.assurance import Assurance
from customers.models import Identity


@dataclass(frozen=True, slots=True)
class Way:
    """One channel to one address. ``why`` says in a sentence what keeps it closed."""

    channel: Channel
    identity: Identity
    is_open: bool
    why: str = ""
    # Where we may only answer: until when.
    closes_at: datetime | None = None


def ways(identity: Identity, channels: Iterable[Channel]) -> list[Way]:
    """Every channel that reaches this kind of address."""
    return [
        _way(channel, identity)
        for channel in channels
        if identity.kind in channel_kinds.of(channel.kind).reaches
        and (not _needs_contact(channel, identity) or identity.messages.filter(channel=channel).exists())
    ]


def _needs_contact(channel: Channel, identity: Identity) -> bool:
    """A chat window belongs to the site it was opened on, an account to those of our numbers it wrote to by itself."""
    return channel.abilities.is_own or identity.kind == Identity.Kind.WHATSAPP_USER


def _way(channel: Channel, identity: Identity) -> Way:
    if not channel.is_on:
        return Way(channel, identity, False, f"{channel.name} is switched off")
    wrote_to_us = identity.messages.filter(direction=Message.Direction.INBOUND).exists()
    if identity.assurance < Assurance.VOUCHED and not wrote_to_us:
        return Way(channel, identity, False, "Not confirmed: somebody typed this address, nothing proves it is theirs")
    if consent.is_stopped(identity, channel.kind):
        return Way(channel, identity, False, "Opted out with STOP")
    if channel.abilities.reply_window is None:
        return Way(channel, identity, True)
    closes_at = reply_window.closes_at(channel, identity)
    why = reply_window.sentence(channel, closes_at)
    return Way(channel, identity, not why, why, closes_at)


def default_way(conversation: Conversation) -> Way | None:
    """How a reply goes if nobody chooses: to the message being answered, by the way it came."""
    inbound = (
        conversation.messages.select_related("channel", "identity")
        .filter(direction=Message.Direction.INBOUND)
        .exclude(identity=None)
        .order_by("-pk")[:20]
    )
    for message in inbound:
        if message.identity is not None:
            way = _way(message.channel, message.identity)
            if way.is_open:
                return way
    channels = list(Channel.objects.filter(desk=conversation.desk_id, is_on=True))
    for identity in conversation.customer.identities.order_by("-assurance", "-last_seen_at"):
        for way in ways(identity, channels):
            if way.is_open:
                return way
    return None
