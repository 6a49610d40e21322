"""What became of all she wrote: the conversation it is in, and what it holds by now. Only reads."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from channels_ingest.widget import session, tokens
from conversations.models import Conversation, Message
from customers.assurance import Assurance
from customers.models import Challenge, Identity
from helpdesk.pocket.doors import Doors
from helpdesk.pocket.people import Player


def look(player: Player, visitor_token: str, doors: Doors) -> dict[str, Any]:
    """``conversation`` (``id, number, channels, agent_wrote_at``, or None), ``customer_count`` of her addresses,
    whether she ``is_chatting``, and which kinds of address a code in that chat ``proved``."""
    visitor = _visitor(visitor_token, doors)
    hers = _identities(player, visitor)
    customers = {one.customer_id for one in hers}
    newest = (
        Conversation.objects.filter(customer__in=customers, merged_into=None)
        .order_by("-last_message_at", "-pk")
        .first()
    )
    return {
        "conversation": _shown(newest) if newest else None,
        "customer_count": len(customers),
        "is_chatting": visitor is not None,
        "proved": _proved(visitor) if visitor else [],
    }


def _visitor(token: str, doors: Doors) -> Identity | None:
    channel = session.find_channel(doors.chat_key) if token and doors.chat_key else None
    visitor = tokens.read(token, channel.pk) if channel else None
    return session.find_identity(visitor) if visitor else None


def _proved(visitor: Identity) -> list[str]:
    proofs = Challenge.objects.filter(asked_from=visitor, proved_at__isnull=False)
    return sorted(set(proofs.values_list("identity__kind", flat=True)))


def _identities(player: Player, visitor: Identity | None) -> list[Identity]:
    """Hers for sure: what somebody only claims in a chat belongs to whoever claimed it."""
    phone = Q(kind=Identity.Kind.PHONE, address=player.phone)
    mail = Q(kind=Identity.Kind.EMAIL, address=player.email)
    known = Identity.objects.filter(phone | mail, assurance__gt=Assurance.CLAIMED, customer__merged_into=None)
    return [*known, *([visitor] if visitor else [])]


def _shown(conversation: Conversation) -> dict[str, Any]:
    messages = Message.objects.said().filter(conversation=conversation)
    written = messages.filter(author_kind=Message.AuthorKind.AGENT).order_by("-created_at").first()
    kinds = messages.exclude(channel=None).values_list("channel__kind", flat=True).distinct()
    return {
        "id": conversation.pk,
        "number": conversation.number,
        "channels": sorted(set(kinds)),
        "agent_wrote_at": written.created_at.isoformat() if written else None,
    }
