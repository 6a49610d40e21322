"""Jo in a chat, with or without an address proved there, and gone from it. Used by the tests of the fallback."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from conversations import fallback
from conversations.actions import actors, falling_back, people, replying, visitors
from conversations.actions.replying import Outgoing
from conversations.models import Channel, Conversation, Delivery, Message, VisitorPresence
from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.events.log import Actor
from tests import build


def prove(visitor: Identity, address: str = build.JO_MAIL, kind: str = "email") -> Identity:
    """The code sent to an address comes back in the visitor's chat."""
    people.claim_and_challenge(visitor, kind, address, as_seen=address)
    code = str(Delivery.objects.exclude(secret=None).latest("pk").secret["text"])[:6]
    challenge = people.prove(visitor, code)
    assert challenge is not None
    visitor.refresh_from_db()
    return challenge.identity


def leave(visitor: Identity, minutes: float = 5) -> None:
    """His window was last heard of so many minutes ago."""
    gone = timezone.now() - timedelta(minutes=minutes)
    VisitorPresence.objects.filter(visitor=visitor).update(here_at=gone)
    visitors.note_gone()


def say(
    conversation: Conversation, text: str, *, by: User | Actor, minutes_ago: float = 4, channel: Channel | None = None
) -> Message:
    """A reply in the chat, so long ago."""
    user = by if isinstance(by, User) else None
    actor = actors.agent(by) if isinstance(by, User) else by
    chat = channel or Channel.objects.get(kind="chat")
    visitor = conversation.messages.filter(channel=chat, direction="inbound").latest("pk").identity
    message = replying.reply(conversation, Outgoing(text, channel=chat, identity=visitor), by=actor, user=user)
    written = timezone.now() - timedelta(minutes=minutes_ago)
    Message.objects.filter(pk=message.pk).update(created_at=written, sent_at=written)
    return message


def sweep() -> list[Message]:
    """What the sweeper mails now."""
    mails = [falling_back.mail_unseen(chat) for chat in fallback.due()]
    return [one for one in mails if one is not None]
