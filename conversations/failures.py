"""What can still be done about a message that failed for good. Only agents do it; this only tells what there is."""

from __future__ import annotations

from conversations import reply_window
from conversations.models import Delivery, DeliveryState, Message
from customers.actions import consent, health


def why_not_again(delivery: Delivery) -> str:
    """Why the same message can't go the same way once more, in a sentence; empty where it can."""
    message, channel, identity = delivery.message, delivery.channel, delivery.identity
    if message.author_kind == Message.AuthorKind.SYSTEM and not message.carried.exists():
        return "This is not sent again. If it was a code, let the customer ask for a fresh one."
    if channel.abilities.is_spoken:
        return "The call is over."
    if replaced := replacement_of(message):
        return f"It was sent by {replaced.channel.abilities.label} instead."
    if identity is None:
        return ""
    if stopped := consent.why_stopped(identity, channel.kind):
        return f"{stopped}."
    if health.is_dead(identity, channel.kind):
        return "Nothing arrives at this address. Send it another way."
    why = "" if message.template_id else reply_window.why_closed(channel, identity)
    return f"{why}." if why else ""


def why_not_replaced(message: Message) -> str:
    """Why no other message can take the place of this one, in a sentence; empty where one can."""
    if replaced := replacement_of(message):
        return f"It was sent by {replaced.channel.abilities.label} instead already."
    if message.delivery_state != DeliveryState.FAILED:
        return "Only a message that was not delivered can be sent another way."
    return ""


def replacement_of(message: Message) -> Message | None:
    """What was sent in its place."""
    return Message.objects.select_related("channel").filter(replaces=message).first()
