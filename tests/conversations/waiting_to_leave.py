"""Agents' messages that wait: written, looked at, and let go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from conversations.actions import actors, claiming, replying
from conversations.models import Conversation, Delivery, Message
from helpdesk.accounts.models import User
from helpdesk.events.models import Event

UNDO = timedelta(seconds=8)


def write(ada: User, conversation: Conversation, text: str = "It left on Monday.", **how: Any) -> Message:
    """A reply that waits its undo seconds, unless told otherwise."""
    if "send_at" not in how:
        how.setdefault("undo", UNDO)
    return replying.reply(conversation, replying.Outgoing(text, **how), by=actors.agent(ada), user=ada)


def tomorrow() -> Any:
    return timezone.now() + timedelta(days=1)


def let_go(message: Message) -> list[Any]:
    """Its time has come: what each delivery's claim gives."""
    Delivery.objects.filter(message=message, state="held").update(not_before=timezone.now())
    return [claiming.claim(pk) for pk in message.deliveries.order_by("pk").values_list("pk", flat=True)]


def stood(conversation: Conversation) -> dict[str, Any]:
    """What agents see of a conversation, but for its version."""
    row = Conversation.objects.filter(pk=conversation.pk).values().get()
    return {name: value for name, value in row.items() if name != "version"}


def again(message: Message) -> Message:
    """The message as it is now."""
    return Message.objects.get(pk=message.pk)


def events(type: str) -> list[Event]:
    """What the log holds of a type, oldest first."""
    return list(Event.objects.filter(type=type).order_by("pk"))
