"""Jobs of the domain."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from conversations import fallback
from conversations.actions import falling_back, state, uploads, visitors
from conversations.actions.actors import SYSTEM
from conversations.models import Conversation

logger = logging.getLogger(__name__)


@shared_task(name="conversations.wake_snoozed")
def wake_snoozed() -> None:
    """Bring back what was put aside until now."""
    due = Conversation.objects.filter(state=Conversation.State.SNOOZED, snoozed_until__lte=timezone.now())
    for conversation in due[:200]:
        state.reopen(conversation, by=SYSTEM, why="snooze_ended")


@shared_task(name="conversations.answer_those_who_left")
def answer_those_who_left() -> None:
    """Note who has left the chats, and mail what they did not see there."""
    visitors.note_gone()
    for chat in fallback.due():
        try:
            falling_back.mail_unseen(chat)
        except Exception:
            # One that fails keeps the others from nothing, and is tried again.
            logger.exception("Mailing what was not seen in conversation %s", chat.conversation_id)


@shared_task(name="conversations.remove_unsent_uploads")
def remove_unsent_uploads() -> None:
    """Forget files that were added to a draft a day ago and never sent."""
    uploads.remove_unsent()
