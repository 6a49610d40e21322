"""What the tier-1 does in a call, and what a call leaves in the history."""

from __future__ import annotations

from conversations.actions import actors, replying, tier1
from conversations.models import Conversation, Message
from helpdesk.events.models import Event
from tests.channels_ingest.voice.caller import Caller

BRIEF = tier1.Brief("wanted_person", "The customer asked for a person.", wish="A refund")


def answers(
    caller: Caller, text: str = "Delivery takes three days.", full: str = "", decision: str = "answer"
) -> Message:
    """The tier-1 answers the caller's last words."""
    message = caller.said[-1]
    tier1.take(message.conversation)
    outgoing = replying.Outgoing(
        text, channel=message.channel, identity=message.identity, full_text=full, call=message.call
    )
    return tier1.answer(message.conversation, outgoing, to=message, decision=decision, turn_id=1)


def hands_off(caller: Caller, notice: str = "A colleague takes over.") -> None:
    message = caller.said[-1]
    tier1.hand_off(message.conversation, BRIEF, to=message)
    outgoing = replying.Outgoing(notice, channel=message.channel, identity=message.identity, call=message.call)
    replying.reply(message.conversation, outgoing, by=actors.AI)


def entries(conversation: Conversation) -> list[Event]:
    return list(Event.objects.filter(conversation_id=conversation.pk, type__startswith="call.").order_by("pk"))
