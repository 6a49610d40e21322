"""A channel on its way from a form to one that is known to work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.utils import timezone

from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.models import ChannelSetup, InboundEvent
from conversations.models import Channel, Message
from helpdesk.accounts.models import User

# In this order; choosing and credentials come before there is a channel.
STEPS = ("copy", "check", "test", "routing", "done")
State = InboundEvent.State


def begin(channel: Channel) -> ChannelSetup:
    """A channel that was connected just now."""
    setup, _ = ChannelSetup.objects.get_or_create(channel=channel, defaults={"step": STEPS[0]})
    return setup


def reach(setup: ChannelSetup, step: str) -> None:
    """Note how far it has come, for whoever resumes it. Looking back changes nothing."""
    if setup.finished_at is None and STEPS.index(step) > STEPS.index(setup.step):
        setup.step = step
        setup.save(update_fields=["step"])


def keep_check(setup: ChannelSetup, lines: Sequence[CheckResult]) -> None:
    """What the live test said, for the last page."""
    setup.check_lines, setup.checked_at = [asdict(line) for line in lines], timezone.now()
    setup.save(update_fields=["check_lines", "checked_at"])


def finish(setup: ChannelSetup) -> None:
    """It is a draft no more."""
    setup.step, setup.finished_at = STEPS[-1], setup.finished_at or timezone.now()
    setup.save(update_fields=["step", "finished_at"])


def unfinished(person: User) -> set[int]:
    """The channels that a person may see and whose setting-up was left, by id."""
    rows = ChannelSetup.objects.filter(finished_at=None, channel__in=Channel.objects.visible_to(person))
    return set(rows.values_list("channel_id", flat=True))


def first_message(setup: ChannelSetup) -> Message | None:
    """The first thing that a person sent to it since it was connected. What was there before is history."""
    came = Message.objects.filter(
        channel=setup.channel_id, direction=Message.Direction.INBOUND, created_at__gte=setup.began_at
    )
    return came.select_related("identity", "conversation__customer").order_by("pk").first()


def last_refused(setup: ChannelSetup) -> InboundEvent | None:
    """The last request that came since, and could not be taken in: what to mend."""
    rows = InboundEvent.objects.filter(
        channel=setup.channel_id, state__in=[State.QUARANTINED, State.DEAD], received_at__gte=setup.began_at
    )
    return rows.defer("body", "headers", "query").order_by("-pk").first()
