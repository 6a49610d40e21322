"""Whether the tier-1 answers on a channel by itself: one switch, and who turned it."""

from __future__ import annotations

from django.db import transaction

from ai_tier1.models import Rollout
from conversations.models import Channel
from helpdesk.accounts import audit
from helpdesk.accounts.models import User


def answers_on(channel: Channel) -> bool:
    """Whether customers on the channel get answers from the tier-1."""
    return Rollout.objects.filter(channel=channel, mode=Rollout.Mode.ALWAYS).exists()


def channels_answered() -> set[int]:
    """The channels it answers on, by id."""
    return set(Rollout.objects.filter(mode=Rollout.Mode.ALWAYS).values_list("channel_id", flat=True))


@transaction.atomic
def let_answer(channel: Channel, wanted: bool, *, by: User) -> None:
    """Let it answer on the channel, or not. Nothing happens where that is so already."""
    if wanted == answers_on(channel):
        return
    mode = Rollout.Mode.ALWAYS if wanted else Rollout.Mode.OFF
    Rollout.objects.update_or_create(channel=channel, defaults={"mode": mode})
    audit.note("tier1.let_answer" if wanted else "tier1.silenced", f"channel:{channel.pk}", actor=by)
