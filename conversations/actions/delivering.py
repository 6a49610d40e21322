"""What came of an attempt to send, and sending again. States only move up (delivery_states.py)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone

from conversations import failures
from conversations.actions import claiming, delivery_rows
from conversations.actions.transactions import retried
from conversations.delivery_progress import Progress
from conversations.models import DeliveryState, ReplyToken


@retried
def note_sent(delivery_id: int, progress: Progress) -> None:
    """What the provider said to our call. A status that came first is never moved down."""
    row = delivery_rows.lock(delivery_id, progress=progress)
    if row is None:
        return
    together = delivery_rows.with_riders(row)
    for one in together:
        one.secret = None
        one.provider_message_id = one.provider_message_id or progress.provider_message_id[:500]
        is_news = delivery_rows.apply(one, progress)
        if is_news and len(together) == 1:
            delivery_rows.note_health(one, progress)


@retried
def note_retry(delivery_id: int, *, error: str, code: str, after: timedelta, counts: bool = True) -> None:
    """Nothing was sent; try again later, or fail once that was tried often enough.

    An attempt that says nothing about the message does not count: it waits for the provider, or for an admin, as
    long as a message of its kind is still good for anything.
    """
    row = delivery_rows.lock(delivery_id)
    if row is None or row.state not in (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.UNKNOWN):
        return
    is_late = row.tried_since is not None and timezone.now() - row.tried_since > row.channel.abilities.patience
    if (row.attempt_count >= claiming.MAX_ATTEMPTS) if counts else is_late:
        for one in delivery_rows.with_riders(row):
            delivery_rows.apply(one, Progress(DeliveryState.FAILED, error=error, error_code=code))
        return
    row.attempt_count -= 0 if counts else 1
    row.state, row.claimed_at = DeliveryState.QUEUED, None
    row.not_before, row.error, row.error_code = timezone.now() + after, error[:400], code[:40]
    row.save()
    delivery_rows.show(row, DeliveryState.QUEUED, "delivery.retried")


@retried
def note_unknown(delivery_id: int, *, error: str, after: timedelta) -> None:
    """The provider may have taken it. Agents see so, and it is looked up before any second try."""
    row = delivery_rows.lock(delivery_id)
    if row is None or row.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        return
    row.not_before = timezone.now() + after
    for one in delivery_rows.with_riders(row):
        delivery_rows.apply(one, Progress(DeliveryState.UNKNOWN, error=error, error_code="unknown"))


@retried
def retry(delivery_id: int) -> bool:
    """Send a failed message again, by an agent's wish. A code is not sent again: a fresh one is asked for.

    The key is a new one, so that late word on the failed attempt does not count against this one.
    """
    row = delivery_rows.lock(delivery_id)
    if row is None or row.state != DeliveryState.FAILED or failures.why_not_again(row):
        return False
    # A mail that others had goes to this one alone; one that nobody had goes to all again.
    row.is_by_itself = row.is_by_itself or bool(row.provider_message_id or row.rides_with_id)
    riders = [] if row.is_by_itself else delivery_rows.with_riders(row)[1:]
    row.rides_with = None
    for rider in riders:
        rider.state = DeliveryState.QUEUED
        rider.save()
    row.state, row.attempt_count, row.not_before = DeliveryState.QUEUED, 0, timezone.now()
    row.idempotency_key = secrets.token_hex(16)
    row.provider_message_id = row.error = row.error_code = ""
    row.tried_since = None
    row.save()
    delivery_rows.show(row, DeliveryState.QUEUED, "delivery.queued")
    return True


@retried
def ride(delivery_id: int) -> bool:
    """Give a claimed delivery back where another one of its message takes it along, in one mail for all.

    False where it is the first itself, and so the one that carries the others.
    """
    row = delivery_rows.lock(delivery_id)
    if row is None or row.is_by_itself:
        return False
    gone = [DeliveryState.FAILED, DeliveryState.CANCELLED]
    first = row.message.deliveries.exclude(state__in=gone, provider_message_id="").order_by("pk").first()
    if first is None or first.pk == row.pk:
        return False
    row.rides_with, row.state, row.claimed_at, row.attempt_count = first, DeliveryState.QUEUED, None, 0
    row.provider_message_id = first.provider_message_id
    row.save()
    if first.provider_message_id or first.state == DeliveryState.UNKNOWN:
        # What became of the first one later is its own affair; the mail as such was taken.
        is_known = first.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN)
        delivery_rows.apply(row, Progress(first.state if is_known else DeliveryState.SENT))
    return True


@retried
def issue_address(delivery_id: int, *, rfc_message_id: str, token: str) -> tuple[str, str]:
    """Give a mail its Message-ID and reply token, stored before it is sent. Returns what counts."""
    row = delivery_rows.lock(delivery_id)
    if row is None or row.identity is None:
        return rfc_message_id, ""
    message = row.message
    if not message.rfc_message_id:
        message.rfc_message_id = rfc_message_id[:500]
        message.save(update_fields=["rfc_message_id"])
    issued, _ = ReplyToken.objects.get_or_create(
        conversation=message.conversation, identity=row.identity, channel=row.channel, defaults={"token": token}
    )
    return message.rfc_message_id, issued.token
