"""Which deliveries are due, and taking one for an attempt: whoever has it sends it, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from conversations import channel_kinds, fallback, sending
from conversations.actions import delivery_rows, leaving
from conversations.actions.transactions import retried
from conversations.delivery_progress import Progress
from conversations.models import Delivery, DeliveryState

MAX_ATTEMPTS = 8


# An attempt that was claimed this long ago and never reported back died on the way.
CLAIM_LASTS = timedelta(seconds=150)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits for its time."""

    delivery_id: int
    channel_id: int
    at: datetime


def due(limit: int = 200, *, channel_id: int | None = None) -> list[int]:
    """Deliveries that should be on their way: never tried, to be tried again, or lost in the middle."""
    rows = _due() if channel_id is None else _due().filter(channel=channel_id)
    return list(rows.order_by("not_before").values_list("pk", flat=True)[:limit])


def waiting_channels() -> list[int]:
    """The channels that have such deliveries."""
    return list(_due().order_by().values_list("channel_id", flat=True).distinct())


def _due() -> QuerySet[Delivery]:
    now = timezone.now()
    waiting = Q(state__in=[DeliveryState.QUEUED, DeliveryState.HELD], not_before__lte=now)
    lost = Q(state=DeliveryState.SENDING, provider_message_id="", claimed_at__lt=now - CLAIM_LASTS)
    unknown = Q(state=DeliveryState.UNKNOWN, not_before__lte=now, attempt_count__lt=MAX_ATTEMPTS)
    rows = Delivery.objects.filter(waiting | lost | unknown, rides_with=None, channel__is_on=True)
    return rows.exclude(channel__kind__in=channel_kinds.spoken())


def leaving_soon(within: timedelta, limit: int = 200) -> list[Waiting]:
    """Deliveries that wait for their time, and when that is, if it comes before the sweeper looks twice more."""
    now = timezone.now()
    rows = Delivery.objects.filter(state=DeliveryState.HELD, not_before__gt=now, not_before__lte=now + within)
    return [Waiting(*row) for row in rows.order_by("not_before").values_list("pk", "channel_id", "not_before")[:limit]]


def waiting_of(message_id: int) -> list[Waiting]:
    """The deliveries of a message that wait for their time, and when that is."""
    rows = Delivery.objects.filter(message=message_id, state=DeliveryState.HELD)
    return [Waiting(*row) for row in rows.order_by("pk").values_list("pk", "channel_id", "not_before")]


@retried
def claim(delivery_id: int, *, at_once: int = 100) -> tuple[Delivery, bool] | None:
    """Take a due delivery for one attempt; committed before the provider is called.

    The flag says that an earlier attempt may have arrived and has to be looked up first. None where somebody else has
    it, it is not due, it is spoken (its call takes it), an earlier piece of its message comes first, it may not leave
    any more (see sending.py), it waits for the end of quiet hours, ``at_once`` others of its channel are on their way,
    or our own socket carries it, which it does at once. What waited is said now. Whether a lost attempt may be
    repeated is asked after the lookup: what has left has left.
    """
    row = delivery_rows.lock(delivery_id, skip_locked=True)
    if row is None or row.rides_with_id or row.channel.abilities.is_spoken or not _is_due(row):
        return None
    if not row.channel.is_on:
        return None  # it leaves once the channel is switched on again
    if _in_flight(row) >= at_once:
        return None
    is_uncertain = row.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN)
    if row.is_piece and not is_uncertain and _comes_later(row):
        return None
    if not is_uncertain and _is_kept(row):
        return None
    if is_uncertain and row.attempt_count >= MAX_ATTEMPTS:
        delivery_rows.apply(
            row, Progress(DeliveryState.UNKNOWN, error_code="unknown", error="Nobody can tell whether it arrived.")
        )
        return None
    if row.channel.abilities.is_own:
        delivery_rows.apply(row, Progress(DeliveryState.SENT))
        return None
    row.claimed_at = timezone.now()
    row.tried_since = row.tried_since or row.claimed_at
    if not is_uncertain:
        row.attempted_at = row.claimed_at
    row.attempt_count += 1
    row.state = DeliveryState.SENDING
    row.save()
    return row, is_uncertain


def _in_flight(row: Delivery) -> int:
    """How many others of its channel are with the provider at this moment, and have no answer yet."""
    others = Delivery.objects.filter(channel=row.channel_id, state=DeliveryState.SENDING, provider_message_id="")
    return others.exclude(pk=row.pk).filter(claimed_at__gt=timezone.now() - CLAIM_LASTS).count()


def next_piece(delivery: Delivery) -> int | None:
    """The delivery that waited for this one to leave: the next piece of its message."""
    if not delivery.is_piece:
        return None
    waits = (DeliveryState.QUEUED, DeliveryState.HELD)
    later = Delivery.objects.filter(message=delivery.message_id, pk__gt=delivery.pk, state__in=waits)
    return later.order_by("pk").values_list("pk", flat=True).first()


def _comes_later(row: Delivery) -> bool:
    """Whether an earlier piece of the same message has not left yet: they arrive in the order of their sending."""
    waiting = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING)
    earlier = Delivery.objects.filter(message=row.message_id, is_piece=True, pk__lt=row.pk, state__in=waiting)
    return earlier.filter(provider_message_id="").exists()


def _is_kept(row: Delivery) -> bool:
    """Whether it may not leave, now or ever; the row then says so."""
    if fallback.was_seen(row.message):
        delivery_rows.apply(row, Progress(DeliveryState.CANCELLED))
        return True
    refused = sending.refusal(row)
    if refused:
        if not row.message.deliveries.exclude(pk=row.pk).filter(state=DeliveryState.HELD).exists():
            leaving.say(row.message, reached=False)
        progress = Progress(
            DeliveryState.FAILED,
            error_code=refused.code,
            error=refused.text,
            wants_template=refused.wants_template,
        )
        delivery_rows.apply(row, progress)
        row.riders.update(rides_with=None)
        return True
    leaving.say(row.message)
    until = sending.held_until(row)
    if until:
        row.state, row.not_before, row.updated_at = DeliveryState.HELD, until, timezone.now()
        row.save()
        delivery_rows.show(row, DeliveryState.HELD, "delivery.held", until=until)
    return until is not None


def _is_due(row: Delivery) -> bool:
    now = timezone.now()
    if row.state in (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.UNKNOWN):
        return row.not_before <= now
    is_lost = row.claimed_at is not None and row.claimed_at < now - CLAIM_LASTS
    return row.state == DeliveryState.SENDING and not row.provider_message_id and is_lost
