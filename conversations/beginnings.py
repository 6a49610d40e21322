"""What an agent should know before writing to an address first. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from conversations import channel_kinds, reach
from conversations.models import Channel, Conversation
from conversations.reach import Way
from customers.actions import resolving
from customers.addresses import can_receive_texts, is_in_use, normalise_email, normalise_phone
from customers.models import Customer, Identity
from helpdesk.accounts.models import User

STATES = [Conversation.State.OPEN, Conversation.State.SNOOZED]
KINDS = {Identity.Kind.EMAIL: normalise_email, Identity.Kind.PHONE: normalise_phone}


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom an address belongs to, what is open with them, and what speaks against writing there."""

    kind: str
    address: str
    customer: Customer | None
    open_ones: list[Conversation]
    # None for somebody new, whom nothing is known against.
    way: Way | None
    # A doubt in a sentence; it forbids nothing.
    warning: str = ""


def can_begin(channel: Channel) -> bool:
    """Whether an agent can write there first: not into a chat window or a call that nobody has opened."""
    kind = channel.abilities
    return channel.is_on and not kind.is_own and not kind.is_spoken


def read(channel: Channel, written: str) -> tuple[str, str] | None:
    """The kind and the comparable spelling of a typed address; None where the channel reaches no such address."""
    for kind, normalise in KINDS.items():
        address = normalise(written) if kind in channel_kinds.of(channel.kind).reaches else None
        if address is not None:
            return kind, address
    return None


def look(channel: Channel, kind: str, address: str, by: User) -> Outlook:
    """For one address on one channel, of what this person may see."""
    owner = resolving.find_owner(kind, address)
    mine = Conversation.objects.visible_to(by).filter(desk=channel.desk_id, merged_into=None, state__in=STATES)
    open_ones = list(mine.filter(customer=owner.customer_id).order_by("-last_message_at")[:5]) if owner else []
    way = reach.to_named(channel, owner) if owner else None
    return Outlook(kind, address, owner.customer if owner else None, open_ones, way, _doubt(channel, kind, address))


def _doubt(channel: Channel, kind: str, address: str) -> str:
    if kind != Identity.Kind.PHONE:
        return ""
    if not is_in_use(address):
        return "No plan of numbers lists this one. Check its digits."
    if channel.abilities.is_segmented and not can_receive_texts(address):
        return "This looks like a number that takes no texts."
    return ""
