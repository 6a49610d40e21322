"""When no machine of ours writes, whatever the headers say: two that answer each other would never end.

Machines that say what they are never get this far (``not_work``). These brakes are for those that don't.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from conversations.models import Channel, Message
from customers.assurance import Assurance
from customers.organisations import are_colleagues

# What a person could write and be answered within the hour, and what only a machine does.
WITHIN = timedelta(hours=1)
REPEATS_WITHIN = timedelta(hours=24)
_AUTOMATIC = (Message.AuthorKind.AI, Message.AuthorKind.SYSTEM)


def why_silent(message: Message) -> str:
    """Why nothing may be written automatically in answer to a message, in a sentence; empty where it may."""
    longest = message.channel.abilities.automatic_per_hour
    identity = message.identity
    if longest is None or identity is None:
        return ""
    if _is_ours(message):
        return "The message comes from an address of our own"
    if _says_the_same_again(message):
        return "The same words came again in answer to an automatic message: perhaps two machines talk"
    # A claim makes a record each time: it is the address that must not be flooded, whoever claims it.
    to_address = Q(identity__kind=identity.kind, identity__address=identity.address)
    longest = 1 if (message.assurance or 0) <= Assurance.CLAIMED else longest
    recent = Message.objects.said().filter(
        Q(conversation=message.conversation_id) | to_address,
        direction=Message.Direction.OUTBOUND,
        author_kind__in=_AUTOMATIC,
        channel__kind=message.channel.kind,
        created_at__gt=timezone.now() - WITHIN,
    )
    if recent.count() >= longest:
        return f"Enough automatic messages within an hour ({longest}): perhaps two machines talk"
    return ""


def _is_ours(message: Message) -> bool:
    """One of our channels wrote, or somebody in the company: neither is a customer to be answered by a machine."""
    address = message.identity.address if message.identity else ""
    ours = Channel.objects.filter(kind=message.channel.kind, address__iexact=address)
    return ours.exists() or (message.channel.abilities.has_subject and are_colleagues(address, message.channel.address))


def _says_the_same_again(message: Message) -> bool:
    """Whether this address wrote these very words before, and a machine of ours has answered since."""
    if not message.text.strip():
        return False
    mine = Message.objects.said().filter(identity=message.identity_id, channel=message.channel_id)
    before = mine.filter(
        direction=Message.Direction.INBOUND,
        text=message.text,
        pk__lt=message.pk,
        created_at__gt=timezone.now() - REPEATS_WITHIN,
    )
    first = before.order_by("pk").first()
    ours = mine.filter(author_kind__in=_AUTOMATIC, pk__lt=message.pk)
    return first is not None and ours.filter(pk__gt=first.pk).exists()
