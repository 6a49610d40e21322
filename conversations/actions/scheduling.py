"""Taking back what has not left, and changing when it leaves.

Each locks the conversation, as ``claiming.claim`` does before a message leaves: exactly one of them wins.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from conversations.actions import holding, readers, taking_back, threads
from conversations.actions.transactions import retried
from conversations.models import WAITING, Conversation, Delivery, DeliveryState, Message, Unsaid
from helpdesk.events.log import Actor

GONE = (Unsaid.TAKEN_BACK, Unsaid.WROTE_FIRST)


class HasLeft(Exception):
    """Too late: it is on its way, or there."""

    def __init__(self) -> None:
        super().__init__("It has left already.")


@retried
def cancel(message: Message, *, by: Actor) -> Message:
    """Take back a message, whole, with every copy of it. What was taken back before stays so.

    Raises HasLeft where any of it is on its way, or may be.
    """
    conversation, row = _locked(message)
    if row.unsaid in GONE:
        return row
    taking_back.take_back(conversation, row, Unsaid.TAKEN_BACK, by=by)
    threads.save(conversation)
    return row


@retried
def send_now(message: Message, *, by: Actor) -> Message:
    """Let a message that waits leave at once. Raises HasLeft where it does not wait any more."""
    conversation, row = _locked(message)
    # From here on nobody's word stops it: that takes only until a worker has it.
    _wait_until(conversation, row, timezone.now(), Unsaid.UNDO, by=by)
    return row


@retried
def reschedule(message: Message, until: datetime, *, by: Actor, sends_anyway: bool | None = None) -> Message:
    """Let a message that waits leave at another time. Raises HasLeft, or BadTime."""
    conversation, row = _locked(message)
    holding.check_time(row.channel, until)
    row.scheduled_for = until
    if sends_anyway is not None:
        row.sends_anyway = sends_anyway
    _wait_until(conversation, row, until, Unsaid.LATER, by=by)
    return row


def cancel_overtaken(conversation: Conversation, message: Message, *, by: Actor) -> list[Message]:
    """The customer wrote first: what was scheduled for her does not leave, unless its agent wanted it to.

    Only words that ask for something count, and those of somebody who takes part. The conversation is locked.
    """
    if message.not_work or message.is_automatic or readers.stands_beside(conversation, message.identity):
        return []
    later = conversation.messages.select_for_update(of=("self",)).filter(unsaid=Unsaid.LATER, sends_anyway=False)
    stopped = list(later.order_by("pk"))
    for row in stopped:
        taking_back.take_back(conversation, row, Unsaid.WROTE_FIRST, by=by, more={"wrote": message.pk})
    if stopped:
        threads.save(conversation)
    return stopped


def cancel_all(conversation: Conversation, *, by: Actor) -> None:
    """Nothing that waits in a conversation leaves. The conversation is locked; the caller saves."""
    for row in conversation.messages.select_for_update(of=("self",)).filter(unsaid__in=WAITING).order_by("pk"):
        taking_back.take_back(conversation, row, Unsaid.TAKEN_BACK, by=by)


def _wait_until(conversation: Conversation, row: Message, until: datetime, unsaid: Unsaid, *, by: Actor) -> None:
    if row.unsaid not in WAITING:
        raise HasLeft
    row.unsaid, row.held_until = unsaid, until
    row.version += 1
    row.save(update_fields=["unsaid", "held_until", "scheduled_for", "sends_anyway", "version"])
    waiting = Delivery.objects.filter(message=row, state=DeliveryState.HELD)
    waiting.update(not_before=until, updated_at=timezone.now())
    holding.note_next(conversation)
    threads.save(conversation)
    threads.note(conversation, "message.rescheduled", by=by, facts=holding.facts_of(row))


def _locked(message: Message) -> tuple[Conversation, Message]:
    conversation = threads.lock(message.conversation_id)
    row = Message.objects.select_for_update(of=("self",)).select_related("channel__desk").get(pk=message.pk)
    if not taking_back.is_here(row):
        raise HasLeft
    return conversation, row
