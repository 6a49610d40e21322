"""What providers tell afterwards: where a message stands, that it came back, what it cost."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from conversations.actions import delivery_rows
from conversations.actions.transactions import retried
from conversations.delivery_progress import Progress
from conversations.models import Channel, Delivery, DeliveryState, Message
from customers.addresses import normalise_email
from customers.models import Identity


@retried
def note_progress(
    channel: Channel, progress: Progress, *, idempotency_key: str = "", recipient: str = ""
) -> Delivery | None:
    """A provider's callback. None where it speaks of nothing we know (yet): the caller tries again later.

    ``recipient`` tells which of several copies of a mail it is about.
    """
    found = _meant(_told_of(channel, progress.provider_message_id, idempotency_key), idempotency_key, recipient)
    row = delivery_rows.lock(found, progress=progress) if found else None
    if row is not None:
        if not row.provider_message_id and row.idempotency_key == idempotency_key:
            # The answer to our call was lost; by the provider's own id later statuses and replies are told.
            row.provider_message_id = progress.provider_message_id[:500]
        if delivery_rows.apply(row, progress) and _is_recipient(row, recipient):
            delivery_rows.note_health(row, progress)
    return row


def _told_of(channel: Channel, provider_message_id: str, idempotency_key: str) -> list[Delivery]:
    """The deliveries that a provider's or our own name of a message may mean. A query each, as each has its index."""
    known = Delivery.objects.filter(channel=channel)
    found = list(known.filter(idempotency_key=idempotency_key)) if idempotency_key else []
    if provider_message_id:
        found += known.filter(provider_message_id=provider_message_id)[:100]
        messages = Message.objects.filter(channel=channel, rfc_message_id=provider_message_id)[:100]
        found += known.filter(message__in=list(messages.values_list("pk", flat=True)))
    return list({one.pk: one for one in found}.values())


def _meant(found: list[Delivery], idempotency_key: str, recipient: str) -> int | None:
    """Which delivery a report is about: of several copies the recipient's own, and none where it names no recipient."""
    if not found:
        return None
    if found[0].is_piece:
        # All go to one address: the key tells, or else the provider's id.
        return next((one.pk for one in found if one.idempotency_key == idempotency_key), found[0].pk)
    copies = Delivery.objects.filter(message=found[0].message_id).select_related("identity")
    if len(copies) < 2:
        return found[0].pk
    address = normalise_email(recipient) or ""
    for copy in copies:
        if address and copy.identity and copy.identity.address == address:
            return copy.pk
    own = next((one for one in found if idempotency_key and one.idempotency_key == idempotency_key), None)
    is_shared = own is not None and not own.is_by_itself and any(one.rides_with_id == own.pk for one in copies)
    return own.pk if own and not is_shared else None


def _is_recipient(row: Delivery, named: str) -> bool:
    """Whether a report speaks of the very address we wrote to: what was forwarded from there bounces elsewhere."""
    if row.identity is None or row.identity.kind != Identity.Kind.EMAIL:
        return row.identity is not None
    return normalise_email(named) == row.identity.address


def is_another(delivery: Delivery, provider_message_id: str) -> bool:
    """Whether a provider's message is known as that of another delivery. Copies may share one, pieces never do."""
    others = Delivery.objects.filter(channel=delivery.channel, provider_message_id=provider_message_id)
    if delivery.is_piece:
        return others.exclude(pk=delivery.pk).exists()
    return others.exclude(message=delivery.message_id).exists()


@retried
def note_cost(delivery_id: int, *, cost: str, currency: str) -> None:
    """What it cost, learned after the fact."""
    row = delivery_rows.lock(delivery_id)
    if row is not None and row.cost is None:
        delivery_rows.apply(row, Progress(row.state, cost=cost, currency=currency))


def without_cost(limit: int = 100) -> list[int]:
    """Deliveries of the last two days that went through a provider and have no price yet."""
    recent = Delivery.objects.filter(cost=None, created_at__gt=timezone.now() - timedelta(days=2))
    arrived = recent.filter(state__in=[DeliveryState.DELIVERED, DeliveryState.READ]).exclude(provider_message_id="")
    return list(arrived.order_by("-pk").values_list("pk", flat=True)[:limit])


@retried
def mark_seen(message: Message) -> None:
    """Our own chat window has shown it."""
    row = delivery_rows.lock(message.delivery.pk)
    if row is not None:
        delivery_rows.apply(row, Progress(DeliveryState.READ))
