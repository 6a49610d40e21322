"""Letting people take part who stand beside."""

from __future__ import annotations

from conversations.actions import readers, threads
from conversations.actions.transactions import retried
from conversations.models import Conversation, Participant
from helpdesk.accounts.models import User
from helpdesk.events.log import Actor


@retried
def let_in(conversation: Conversation, participant: Participant, *, by: Actor, user: User | None = None) -> Participant:
    """Let somebody who stands beside take part: answers go there too, and what they write is answered."""
    row = threads.lock(conversation.pk)
    locked = Participant.objects.select_for_update().get(pk=participant.pk, conversation=row)
    if locked.state == Participant.State.BESIDE:
        readers.let_in(row, locked, by=by, user=user)
        threads.save(row)
    return locked
