"""A delivery's row: locked, moved on, and shown on its message. Used by the other actions alone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from conversations import delivery_states
from conversations.actions import failing, prices, threads
from conversations.actions.actors import SYSTEM
from conversations.delivery_progress import Progress
from conversations.models import Delivery, DeliveryState
from customers.actions import consent, health, locks
from customers.models import Identity, IdentityHealth

_ARRIVED = (DeliveryState.DELIVERED, DeliveryState.READ)


def lock(delivery_id: int, *, skip_locked: bool = False, progress: Progress | None = None) -> Delivery | None:
    """The conversation first, as everywhere, then the row; before both the customer whose wishes change."""
    found = Delivery.objects.filter(pk=delivery_id).values_list("message__conversation_id", "identity__customer_id")
    conversation_id, customer_id = found.first() or (None, None)
    if conversation_id is None:
        return None
    is_opt_out = progress is not None and progress.is_opt_out
    if customer_id and progress is not None and (is_opt_out or _tells_of_address(progress, delivery_id)):
        locks.lock_customers(customer_id)
    threads.lock(conversation_id)
    row = (
        Delivery.objects.select_for_update(skip_locked=skip_locked, of=("self",))
        .select_related(
            "message__conversation", "message__template", "channel__desk__opening_hours", "identity__customer"
        )
        .filter(pk=delivery_id)
        .first()
    )
    if is_opt_out and row and row.identity and progress is not None:
        _note_opt_out(row, row.identity, progress)
    return row


def with_riders(row: Delivery) -> list[Delivery]:
    """A delivery, and those that one mail carries with it. The conversation is locked."""
    riders = Delivery.objects.select_for_update(of=("self",)).filter(rides_with=row).order_by("pk")
    return [row, *riders.select_related("message__conversation", "channel", "identity")]


def apply(row: Delivery, progress: Progress) -> bool:
    """Move a delivery on. Returns whether that was news."""
    cost = _decimal(progress.cost)
    if cost is not None and abs(cost) == row.cost:
        cost = None  # said before: counted once
    if cost is not None:
        row.cost, row.currency = abs(cost), progress.currency[:3]
    row.segment_count = progress.segment_count or row.segment_count
    row.updated_at = timezone.now()
    # Taking it for an attempt was told to nobody: that the provider has it is news all the same.
    is_taken = row.state == progress.state == DeliveryState.SENDING and row.message.delivery_state != row.state
    may_come_back = row.channel.abilities.may_come_back
    is_news = is_taken or delivery_states.moves(row.state, progress.state, may_come_back=may_come_back)
    if is_news:
        row.error, row.error_code = progress.error[:400], progress.error_code[:40]
        row.state = progress.state
        row.message.wants_template = row.state == DeliveryState.FAILED and progress.wants_template
    if row.state in (DeliveryState.FAILED, DeliveryState.CANCELLED):
        row.secret = None
    row.save()
    if cost is not None:
        prices.note_paid(row)
    if is_news or cost is not None:
        show(row, row.state, f"delivery.{row.state}" if is_news else "delivery.priced", cost=cost)
    if is_news and row.state == DeliveryState.FAILED:
        failing.ask(row)
    return is_news


def show(row: Delivery, state: str, event: str, *, cost: Decimal | None = None, until: datetime | None = None) -> None:
    """Carry the state to the message, where agents see it."""
    message = row.message
    message.delivery_state, message.delivery_error = _together(row, state)
    message.held_until = until
    message.wants_template = message.wants_template and state == DeliveryState.FAILED
    if state in (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ) and message.sent_at is None:
        message.sent_at = timezone.now()
    message.version += 1
    message.save(
        update_fields=["delivery_state", "delivery_error", "held_until", "wants_template", "sent_at", "version"]
    )
    facts: dict[str, Any] = {
        "delivery": row.pk,
        "message": message.pk,
        "state": state,
        "channel_kind": row.channel.kind,
        "attempt": row.attempt_count,
        "error_code": row.error_code,
    }
    if cost is not None:
        facts |= {"cost": str(abs(cost)), "currency": row.currency}
    if until is not None:
        facts["until"] = until.astimezone(UTC).isoformat()
    threads.note(message.conversation, event, by=SYSTEM, facts=facts)


def _together(row: Delivery, state: str) -> tuple[str, str]:
    """What is said of a message as a whole: failed only if it reached nobody, and then as far as the slowest copy."""
    found = Delivery.objects.filter(message=row.message_id).exclude(pk=row.pk)
    others = list(found.select_related("identity", "attachment"))
    if not others:
        return state, row.error
    gone = (DeliveryState.FAILED, DeliveryState.CANCELLED)
    copies = [(state, row), *((one.state, one) for one in others)]
    on_their_way = [one for one, _ in copies if one not in gone]
    if not on_their_way:
        return state, row.error
    failed = [one for at, one in copies if at == DeliveryState.FAILED]
    words = (f"{_part(one)}: {one.error}" for one in failed)
    return min(on_their_way, key=lambda one: delivery_states.RANK[DeliveryState(one)]), "; ".join(words)[:400]


def _part(row: Delivery) -> str:
    """Whom a copy goes to, or which piece this is."""
    if row.is_piece:
        return row.attachment.name if row.attachment else "The words"
    return row.identity.address if row.identity else "?"


def _tells_of_address(progress: Progress, delivery_id: int) -> bool:
    """Whether the customer's row will change for it: then it is locked first."""
    if progress.address_health or progress.state not in _ARRIVED:
        return bool(progress.address_health)
    return IdentityHealth.objects.filter(identity__deliveries=delivery_id).exists()


def note_health(row: Delivery, progress: Progress) -> None:
    """What an attempt says about its address. The customer's row is locked where that is anything."""
    if row.identity is None:
        return
    if row.state == DeliveryState.FAILED and progress.address_health:
        finding = health.Finding(row.channel.kind, progress.address_health, progress.error, progress.error_code)
        health.note(row.identity, finding)
    elif row.state in _ARRIVED and not progress.is_opt_out and _tells_of_address(progress, row.pk):
        health.clear(row.identity, row.channel.kind)


def _note_opt_out(row: Delivery, identity: Identity, progress: Progress) -> None:
    if consent.stopped_by(identity, row.channel.kind, for_marketing=progress.only_marketing):
        return
    wish = consent.Wish(
        row.channel.kind,
        "stop",
        source=consent.Source.PROVIDER,
        scope=consent.Scope.MARKETING if progress.only_marketing else consent.Scope.ALL,
        words=f"error {progress.error_code}" if progress.error_code else "",
        said_to=row.channel.address,
    )
    consent.note(identity, wish, by=SYSTEM)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
