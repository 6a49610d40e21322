"""Which addresses of a customer we can write to, on which of our channels, and which comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from conversations import channel_kinds, reply_window
from conversations.models import Call, Channel, Conversation, Message
from customers.actions import consent, health
from customers.addresses import can_receive_texts
from customers.assurance import Assurance
from customers.models import Identity


@dataclass(frozen=True, slots=True)
class Way:
    """One channel to one address. ``why`` says in a sentence what keeps it closed."""

    channel: Channel
    # None only in a live call whose number is withheld.
    identity: Identity | None
    is_open: bool
    why: str = ""
    # Where we may only answer: until when.
    closes_at: datetime | None = None
    # A template may go there, whether the window is open or not.
    takes_template: bool = False
    # What came back from there before, in a sentence; and whether nothing may go there without a person's word.
    doubt: str = ""
    is_dead: bool = False


def ways(identity: Identity, channels: Iterable[Channel]) -> list[Way]:
    """Every channel that reaches this kind of address."""
    return [
        _way(channel, identity)
        for channel in channels
        if identity.kind in channel_kinds.of(channel.kind).reaches
        and (not _needs_contact(channel, identity) or identity.messages.said().filter(channel=channel).exists())
    ]


def _needs_contact(channel: Channel, identity: Identity) -> bool:
    """A chat window belongs to the site it was opened on, an account to those of our numbers it wrote to by itself."""
    return channel.abilities.is_own or identity.kind == Identity.Kind.WHATSAPP_USER


def to_named(channel: Channel, identity: Identity) -> Way:
    """The way to an address that an agent names for this very message: naming it vouches for it."""
    return _way(channel, identity, is_named=True)


def _way(channel: Channel, identity: Identity, *, is_named: bool = False) -> Way:
    if not channel.is_on:
        return Way(channel, identity, False, f"{channel.name} is switched off")
    if channel.abilities.is_spoken:
        call = Call.objects.filter(channel=channel, identity=identity, state=Call.State.LIVE).first()
        return Way(channel, identity, call is not None, "" if call else why_not_spoken(channel))
    wrote_to_us = identity.messages.filter(direction=Message.Direction.INBOUND).exists()
    if identity.assurance < Assurance.VOUCHED and not wrote_to_us and not is_named:
        return Way(channel, identity, False, "Not confirmed: somebody typed this address, nothing proves it is theirs")
    stopped = consent.why_stopped(identity, channel.kind)
    if stopped:
        return Way(channel, identity, False, stopped)
    ill = health.of(identity, channel.kind)
    doubt, is_dead = (health.sentence(ill), ill.state != health.State.DOUBTFUL) if ill else ("", False)
    if channel.abilities.reply_window is None:
        return Way(channel, identity, True, doubt=doubt, is_dead=is_dead)
    closes_at = reply_window.closes_at(channel, identity)
    why = reply_window.sentence(channel, closes_at)
    takes_template = channel.abilities.has_templates
    return Way(channel, identity, not why, why, closes_at, takes_template, doubt, is_dead)


def in_call(conversation: Conversation, channel: Channel) -> Call | None:
    """The live call that belongs to a conversation: who is on the line hears what is written there."""
    live = Call.objects.filter(channel=channel, state=Call.State.LIVE, messages__conversation=conversation)
    return live.order_by("-pk").first()


def why_not_spoken(channel: Channel) -> str:
    """Why nothing can be said by phone now, and what can be done instead."""
    follows = Channel.objects.filter(desk=channel.desk_id, is_on=True, kind__in=channel_kinds.following_calls())
    instead = follows.order_by("pk").first()
    hint = f" {instead.abilities.label} reaches this number." if instead else ""
    return f"Nobody is on the line: only a live call can be answered.{hint}"


def text_way(channel: Channel, identity: Identity | None) -> Way | None:
    """How the whole of what is said in a call on ``channel`` may follow to the caller's own number."""
    if identity is None or identity.is_shared or not can_receive_texts(identity.address):
        return None
    follows = Channel.objects.filter(desk=channel.desk_id, is_on=True, kind__in=channel_kinds.following_calls())
    return next((way for way in ways(identity, follows.order_by("pk")) if way.is_open and not way.is_dead), None)


def default_way(conversation: Conversation) -> Way | None:
    """How a reply goes if nobody chooses: to the message being answered, by the way it came.

    Where that is closed, another way follows by itself, but never one that only an agent may choose.
    """
    for way in _ways_back(conversation):
        if way.is_open and not way.is_dead:
            return way
    channels = list(Channel.objects.filter(desk=conversation.desk_id, is_on=True))
    for identity in conversation.customer.identities.order_by("-assurance", "-last_seen_at"):
        for way in ways(identity, channels):
            if way.is_open and not way.is_dead and not way.channel.abilities.is_by_choice:
                return way
    return None


def why_no_way(conversation: Conversation) -> str:
    """Why nobody can be written to, by what keeps the way closed by which the customer wrote last."""
    newest = next(_ways_back(conversation), None)
    why = (newest.why or newest.doubt) if newest else ""
    return why or "No address of this customer can be written to."


def _ways_back(conversation: Conversation) -> Iterator[Way]:
    """The ways by which the customer wrote, the newest first."""
    inbound = conversation.messages.by_participants().select_related("channel", "identity__customer")
    said = inbound.filter(direction=Message.Direction.INBOUND).exclude(identity=None)
    for message in said.order_by("-pk")[:20]:
        if message.identity is not None:
            yield _way(message.channel, message.identity)
