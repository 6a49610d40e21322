"""Jobs of the domain."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from conversations.actions import state, uploads
from conversations.actions.actors import SYSTEM
from conversations.models import Conversation


@shared_task(name="conversations.wake_snoozed")
def wake_snoozed() -> None:
    """Bring back what was put aside until now."""
    due = Conversation.objects.filter(state=Conversation.State.SNOOZED, snoozed_until__lte=timezone.now())
    for conversation in due[:200]:
        state.reopen(conversation, by=SYSTEM, why="snooze_ended")


@shared_task(name="conversations.remove_unsent_uploads")
def remove_unsent_uploads() -> None:
    """Forget files that were added to a draft a day ago and never sent."""
    uploads.remove_unsent()
