"""A message failed for good: its conversation comes back to somebody's eyes. Used by delivering alone.

Nothing is sent, to nobody: what becomes of the words is an agent's to say.
"""

from __future__ import annotations

from conversations import failures
from conversations.actions import holding, threads
from conversations.actions.actors import SYSTEM
from conversations.models import Conversation, Delivery, DeliveryState, Message


def ask(delivery: Delivery) -> None:
    """Let agents know. The conversation is locked by the caller.

    Codes and other words of the system are asked for anew; what was not said in a call shows so; what was sent another
    way is settled.
    """
    message, conversation = delivery.message, delivery.message.conversation
    is_ours = message.author_kind != Message.AuthorKind.SYSTEM or message.carried.exists()
    is_settled = failures.replacement_of(message) is not None or conversation.state == Conversation.State.SPAM
    if not is_ours or is_settled or delivery.channel.abilities.is_spoken:
        return
    if conversation.state != Conversation.State.OPEN:
        threads.reopen(conversation, by=SYSTEM, why="not_delivered")
    conversation.unread_count += 1
    if conversation.tier1_state in Conversation.HELD_BY_TIER1:
        # An answer that never arrived is nobody's answer: a person looks at it.
        conversation.tier1_state = Conversation.Tier1State.HANDED_OFF
    # Of several readers some may have it: then nobody waits for the same words.
    if message.delivery_state == DeliveryState.FAILED and not _is_answered_since(message):
        # One that was scheduled had not yet ended the wait when it was written.
        conversation.waiting_since = conversation.waiting_since or holding.waited_before(message)
        threads.now_if_waiting(conversation)
    threads.save(conversation)
    facts = {
        "message": message.pk,
        "delivery": delivery.pk,
        "channel_kind": delivery.channel.kind,
        "error_code": delivery.error_code,
    }
    threads.note(conversation, "message.undelivered", by=SYSTEM, facts=facts)


def _is_answered_since(message: Message) -> bool:
    """Whether somebody wrote to the customer after it, and that one did not fail."""
    later = Message.objects.said().filter(
        conversation=message.conversation_id, pk__gt=message.pk, direction=Message.Direction.OUTBOUND
    )
    return later.exclude(author_kind=Message.AuthorKind.SYSTEM).exclude(delivery_state=DeliveryState.FAILED).exists()
