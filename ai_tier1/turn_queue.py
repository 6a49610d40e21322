"""Which messages get a Turn, and when: one Turn per burst, none where a person is in charge."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ai_tier1.models import Rollout, Turn
from conversations import brakes
from conversations.actions import tier1
from conversations.models import Message
from conversations.not_work import consent_word
from helpdesk.events.models import Event

logger = logging.getLogger(__name__)

# However long somebody goes on writing, an answer is not put off further than this.
LONGEST_BURST = timedelta(seconds=30)
# A Turn that runs this long died with its worker.
RUN_LASTS = timedelta(seconds=90)


def on_message(event: Event) -> None:
    """A follower of the log: queue a Turn for what a customer wrote, drop it where a person answered."""
    message = Message.objects.select_related("conversation", "channel").filter(pk=event.facts.get("message")).first()
    if message is None:
        return
    if message.author_kind == Message.AuthorKind.AGENT:
        supersede(message.conversation_id)
    elif is_for_tier1(message):
        _answer_or_brake(message)


def _answer_or_brake(message: Message) -> None:
    """Queue a Turn, or leave the conversation to people where two machines may talk to each other."""
    why = brakes.why_silent(message)
    if not why:
        queue(message)
        return
    supersede(message.conversation_id)
    tier1.hand_off(message.conversation, tier1.Brief(reason="loop", reason_text=why, wish=message.text[:300]), to=None)


def is_for_tier1(message: Message) -> bool:
    """Whether the tier-1 may look at a message at all."""
    if message.direction != Message.Direction.INBOUND or message.not_work:
        return False
    # HELP is never for a machine, even where we have no text to answer it with.
    if message.channel.abilities.takes_keywords and consent_word(message.text) == "help":
        return False
    # Without an address there is nobody to answer, but for whoever is on the line.
    if message.identity_id is None and message.call_id is None:
        return False
    if message.conversation.is_held_by_person or _is_beside(message):
        return False
    return Rollout.objects.filter(channel=message.channel, mode=Rollout.Mode.ALWAYS).exists()


def _is_beside(message: Message) -> bool:
    """Whether a stranger who holds somebody's reference wrote this: no automatic word before a person looked."""
    if not message.conversation.messages.by_participants().filter(pk=message.pk).exists():
        return True
    return message.conversation.messages.filter(thread_rule="stranger_with_reference").exists()


def queue(message: Message) -> Turn:
    """One open Turn per conversation: a further message puts it off and becomes part of it."""
    now = timezone.now()
    due = now + message.channel.abilities.burst
    with transaction.atomic():
        turn = (
            Turn.objects.select_for_update()
            .filter(conversation=message.conversation_id, state__in=Turn.OPEN_STATES)
            .first()
        )
        if turn is None:
            turn = Turn.objects.create(
                conversation_id=message.conversation_id, message=message, state=Turn.State.QUEUED, not_before=due
            )
        else:
            turn.message = message
            turn.not_before = min(due, turn.created_at + LONGEST_BURST)
            turn.save(update_fields=["message", "not_before"])
    tier1.take(message.conversation)
    from ai_tier1 import tasks  # the task calls back into this package

    wait = max((turn.not_before - now).total_seconds(), 0.0)
    transaction.on_commit(
        lambda: tasks.enqueue_turn(turn.pk, channel_id=message.channel_id, after_seconds=wait), robust=True
    )
    return turn


def supersede(conversation_id: int) -> None:
    """A person has answered: the tier-1 drops what it was about to say."""
    now = timezone.now()
    open_turns = Turn.objects.filter(conversation=conversation_id, state=Turn.State.QUEUED)
    open_turns.update(state=Turn.State.SUPERSEDED, finished_at=now)


def claim(turn_id: int) -> Turn | None:
    """Take a due Turn for one attempt; None where it is not due, done, or in other hands."""
    now = timezone.now()
    with transaction.atomic():
        turn = (
            Turn.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related(
                *("conversation__customer", "conversation__desk"),
                *("message__channel", "message__identity", "message__call"),
            )
            .filter(_due(now), pk=turn_id)
            .first()
        )
        if turn is None:
            return None
        turn.state, turn.started_at = Turn.State.RUNNING, now
        turn.attempts += 1
        turn.save(update_fields=["state", "started_at", "attempts"])
        return turn


def due(limit: int = 50) -> list[int]:
    """Turns that should have run: a lost wake-up, or a worker that died."""
    return list(Turn.objects.filter(_due(timezone.now())).order_by("not_before").values_list("pk", flat=True)[:limit])


def _due(now: object) -> Q:
    lost = Q(state=Turn.State.RUNNING, started_at__lt=timezone.now() - RUN_LASTS)
    return Q(state=Turn.State.QUEUED, not_before__lte=now) | lost
