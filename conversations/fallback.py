"""What was said in a chat that nobody was in any more, and where it may go instead. Reads only.

The mail itself is made by actions/falling_back.py. The rules are in docs/decisions/0014-answered-elsewhere.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from conversations import channel_kinds, reach
from conversations.models import Channel, Conversation, Delivery, DeliveryState, Message, VisitorPresence
from customers import proofs
from customers.models import Challenge, Identity

# What is older is no answer any more that somebody waits for: an update of the product must not mail it.
LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A chat in which something waits to be mailed."""

    conversation_id: int
    visitor_id: int


def unseen() -> QuerySet[Message]:
    """Chat messages of ours that their visitor has not seen and no mail has taken along. Never a code."""
    secret = Delivery.objects.filter(message=OuterRef("pk"), secret__isnull=False)
    found = Message.objects.filter(
        channel__kind__in=channel_kinds.own(),
        channel__mails_after_minutes__isnull=False,
        direction=Message.Direction.OUTBOUND,
        delivery_state=DeliveryState.SENT,
        mailed_with=None,
        created_at__gt=timezone.now() - LASTS,
    )
    return found.exclude(Exists(secret)).exclude(text="", attachments=None)


def due(limit: int = 100) -> list[Unseen]:
    """The chats whose visitor has been away long enough, and has proved a mail address there."""
    proof = Challenge.objects.filter(
        asked_from=OuterRef("identity"), proved_at__isnull=False, identity__kind=Identity.Kind.EMAIL
    )
    waiting = unseen().filter(Exists(proof), identity__presence__left_at__isnull=False)
    chats = waiting.order_by().values(
        "conversation_id", "identity_id", "channel__mails_after_minutes", "identity__presence__left_at"
    )
    found = [
        Unseen(row["conversation_id"], row["identity_id"])
        for row in chats.annotate(first=Min("created_at"))
        if is_late(row["identity__presence__left_at"], row["first"], row["channel__mails_after_minutes"])
    ]
    return found[:limit]


def is_late(left_at: datetime, first_said_at: datetime, minutes: int | None) -> bool:
    """Whether somebody has been away, and the first thing he did not see has waited, for so long.

    What is said meanwhile goes in the same mail; what is said after it waits as long again.
    """
    return minutes is not None and max(left_at, first_said_at) + timedelta(minutes=minutes) <= timezone.now()


def has_left(visitor: Identity) -> datetime | None:
    """Since when nobody is in the chat; None while somebody is. A visitor of whom nothing is known is not away."""
    presence: VisitorPresence | None = getattr(visitor, "presence", None)
    return presence.left_at if presence else None


def mail_way(visitor: Identity, channels: Iterable[Channel]) -> reach.Way | None:
    """Where a visitor who has left is mailed to, by one of these channels; None where nothing may go by itself."""
    takes = [one for one in channels if one.is_on and one.abilities.takes_unseen]
    for identity in proofs.mails_of(visitor) if takes else []:
        way = next((way for way in reach.ways(identity, takes) if way.is_open and not way.is_dead), None)
        if way is not None:
            return way
    return None


def then_mailed(chat: reach.Way, channels: Iterable[Channel]) -> reach.Way | None:
    """Where a reply by this chat ends up if its visitor stays away."""
    if chat.identity is None or chat.channel.mails_after_minutes is None:
        return None
    return mail_way(chat.identity, [one for one in channels if one.desk_id == chat.channel.desk_id])


def was_seen(mail: Message) -> bool:
    """Whether a mail has become needless: its visitor came back and saw in the chat all that it brings."""
    carried = list(mail.carried.values_list("delivery_state", flat=True))
    return bool(carried) and all(state == DeliveryState.READ for state in carried)


def may_be_mailed(conversation: Conversation) -> bool:
    """Nobody is mailed out of what was thrown away."""
    return conversation.state != Conversation.State.SPAM
