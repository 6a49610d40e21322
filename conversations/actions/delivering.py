"""What becomes of a message on its way out. The only code that moves delivery states."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from conversations import channel_kinds, delivery_states, failures, fallback, sending
from conversations.actions import failing, leaving, prices, threads
from conversations.actions.actors import SYSTEM
from conversations.actions.transactions import retried
from conversations.models import Call, Channel, Delivery, DeliveryState, Message, ReplyToken
from customers.actions import consent, health, locks
from customers.addresses import normalise_email
from customers.models import Identity, IdentityHealth

MAX_ATTEMPTS = 8
# An attempt that was claimed this long ago and never reported back died on the way.
CLAIM_LASTS = timedelta(seconds=150)
_ARRIVED = (DeliveryState.DELIVERED, DeliveryState.READ)
CALL_ENDED = "The call ended before this was said."


@dataclass(frozen=True, slots=True)
class Progress:
    """News about a delivery."""

    state: str
    provider_message_id: str = ""
    error_code: str = ""
    error: str = ""
    occurred_at: datetime | None = None
    cost: str = ""
    currency: str = ""
    segment_count: int = 0
    # The person does not want messages from us there any more.
    is_opt_out: bool = False
    # ... or no advertisements; the rest is still welcome.
    only_marketing: bool = False
    # The window is closed: a template may go instead, if an agent wants it.
    wants_template: bool = False
    # What a failure says about the address itself: a state of customers.models.IdentityHealth, or nothing.
    address_health: str = ""


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
    row = _lock(delivery_id, skip_locked=True)
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
        _apply(row, Progress(DeliveryState.UNKNOWN, error_code="unknown", error="Nobody can tell whether it arrived."))
        return None
    if row.channel.abilities.is_own:
        _apply(row, Progress(DeliveryState.SENT))
        return None
    row.claimed_at = timezone.now()
    row.tried_since = row.tried_since or row.claimed_at
    if not is_uncertain:
        row.attempted_at = row.claimed_at
    row.attempt_count += 1
    _move(row, DeliveryState.SENDING)
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
        _apply(row, Progress(DeliveryState.CANCELLED))
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
        _apply(row, progress)
        row.riders.update(rides_with=None)
        return True
    leaving.say(row.message)
    until = sending.held_until(row)
    if until:
        row.state, row.not_before, row.updated_at = DeliveryState.HELD, until, timezone.now()
        row.save()
        _show(row, DeliveryState.HELD, "delivery.held", until=until)
    return until is not None


@retried
def note_sent(delivery_id: int, progress: Progress) -> None:
    """What the provider said to our call. A status that came first is never moved down."""
    row = _lock(delivery_id, progress=progress)
    if row is None:
        return
    together = _with_riders(row)
    for one in together:
        one.secret = None
        one.provider_message_id = one.provider_message_id or progress.provider_message_id[:500]
        is_news = _apply(one, progress)
        if is_news and len(together) == 1:
            _note_health(one, progress)


@retried
def note_retry(delivery_id: int, *, error: str, code: str, after: timedelta, counts: bool = True) -> None:
    """Nothing was sent; try again later, or fail once that was tried often enough.

    An attempt that says nothing about the message does not count: it waits for the provider, or for an admin, as
    long as a message of its kind is still good for anything.
    """
    row = _lock(delivery_id)
    if row is None or row.state not in (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.UNKNOWN):
        return
    is_late = row.tried_since is not None and timezone.now() - row.tried_since > row.channel.abilities.patience
    if (row.attempt_count >= MAX_ATTEMPTS) if counts else is_late:
        for one in _with_riders(row):
            _apply(one, Progress(DeliveryState.FAILED, error=error, error_code=code))
        return
    row.attempt_count -= 0 if counts else 1
    row.state, row.claimed_at = DeliveryState.QUEUED, None
    row.not_before, row.error, row.error_code = timezone.now() + after, error[:400], code[:40]
    row.save()
    _show(row, DeliveryState.QUEUED, "delivery.retried")


@retried
def note_unknown(delivery_id: int, *, error: str, after: timedelta) -> None:
    """The provider may have taken it. Agents see so, and it is looked up before any second try."""
    row = _lock(delivery_id)
    if row is None or row.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        return
    row.not_before = timezone.now() + after
    for one in _with_riders(row):
        _apply(one, Progress(DeliveryState.UNKNOWN, error=error, error_code="unknown"))


def waiting_in(call: Call) -> list[int]:
    """Deliveries that are to be said in a call, in their order."""
    rows = Delivery.objects.filter(message__call=call, state=DeliveryState.QUEUED, not_before__lte=timezone.now())
    return list(rows.order_by("pk").values_list("pk", flat=True))


@retried
def speak(call: Call) -> list[Message]:
    """Take what is to be said in a call: whoever gets it says it, and nothing is said twice."""
    rows = [_lock(delivery_id) for delivery_id in waiting_in(call)]
    said = [row for row in rows if row is not None and row.state == DeliveryState.QUEUED]
    for row in said:
        _apply(row, Progress(DeliveryState.DELIVERED))
    return [row.message for row in said]


@retried
def leave_unsaid(call: Call) -> int:
    """The call is over: what was not said in it never will be. Returns how much that was."""
    left = Delivery.objects.filter(message__call=call, state=DeliveryState.QUEUED)
    rows = [_lock(delivery_id) for delivery_id in left.order_by("pk").values_list("pk", flat=True)]
    unsaid = [row for row in rows if row is not None and row.state == DeliveryState.QUEUED]
    for row in unsaid:
        _apply(row, Progress(DeliveryState.FAILED, error_code="call_ended", error=CALL_ENDED))
    return len(unsaid)


@retried
def note_progress(
    channel: Channel, progress: Progress, *, idempotency_key: str = "", recipient: str = ""
) -> Delivery | None:
    """A provider's callback. None where it speaks of nothing we know (yet): the caller tries again later.

    ``recipient`` tells which of several copies of a mail it is about.
    """
    found = _meant(_told_of(channel, progress.provider_message_id, idempotency_key), idempotency_key, recipient)
    row = _lock(found, progress=progress) if found else None
    if row is not None:
        if not row.provider_message_id and row.idempotency_key == idempotency_key:
            # The answer to our call was lost; by the provider's own id later statuses and replies are told.
            row.provider_message_id = progress.provider_message_id[:500]
        if _apply(row, progress) and _is_recipient(row, recipient):
            _note_health(row, progress)
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


def is_another(delivery: Delivery, provider_message_id: str) -> bool:
    """Whether a provider's message is known as that of another delivery. Copies may share one, pieces never do."""
    others = Delivery.objects.filter(channel=delivery.channel, provider_message_id=provider_message_id)
    if delivery.is_piece:
        return others.exclude(pk=delivery.pk).exists()
    return others.exclude(message=delivery.message_id).exists()


@retried
def note_cost(delivery_id: int, *, cost: str, currency: str) -> None:
    """What it cost, learned after the fact."""
    row = _lock(delivery_id)
    if row is not None and row.cost is None:
        _apply(row, Progress(row.state, cost=cost, currency=currency))


def without_cost(limit: int = 100) -> list[int]:
    """Deliveries of the last two days that went through a provider and have no price yet."""
    recent = Delivery.objects.filter(cost=None, created_at__gt=timezone.now() - timedelta(days=2))
    arrived = recent.filter(state__in=[DeliveryState.DELIVERED, DeliveryState.READ]).exclude(provider_message_id="")
    return list(arrived.order_by("-pk").values_list("pk", flat=True)[:limit])


@retried
def retry(delivery_id: int) -> bool:
    """Send a failed message again, by an agent's wish. A code is not sent again: a fresh one is asked for.

    The key is a new one, so that late word on the failed attempt does not count against this one.
    """
    row = _lock(delivery_id)
    if row is None or row.state != DeliveryState.FAILED or failures.why_not_again(row):
        return False
    # A mail that others had goes to this one alone; one that nobody had goes to all again.
    row.is_by_itself = row.is_by_itself or bool(row.provider_message_id or row.rides_with_id)
    riders = [] if row.is_by_itself else _with_riders(row)[1:]
    row.rides_with = None
    for rider in riders:
        rider.state = DeliveryState.QUEUED
        rider.save()
    row.state, row.attempt_count, row.not_before = DeliveryState.QUEUED, 0, timezone.now()
    row.idempotency_key = secrets.token_hex(16)
    row.provider_message_id = row.error = row.error_code = ""
    row.tried_since = None
    row.save()
    _show(row, DeliveryState.QUEUED, "delivery.queued")
    return True


@retried
def ride(delivery_id: int) -> bool:
    """Give a claimed delivery back where another one of its message takes it along, in one mail for all.

    False where it is the first itself, and so the one that carries the others.
    """
    row = _lock(delivery_id)
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
        _apply(row, Progress(first.state if is_known else DeliveryState.SENT))
    return True


@retried
def mark_seen(message: Message) -> None:
    """Our own chat window has shown it."""
    row = _lock(message.delivery.pk)
    if row is not None:
        _apply(row, Progress(DeliveryState.READ))


@retried
def issue_address(delivery_id: int, *, rfc_message_id: str, token: str) -> tuple[str, str]:
    """Give a mail its Message-ID and reply token, stored before it is sent. Returns what counts."""
    row = _lock(delivery_id)
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


def _lock(delivery_id: int, *, skip_locked: bool = False, progress: Progress | None = None) -> Delivery | None:
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


def _tells_of_address(progress: Progress, delivery_id: int) -> bool:
    """Whether the customer's row will change for it: then it is locked first."""
    if progress.address_health or progress.state not in _ARRIVED:
        return bool(progress.address_health)
    return IdentityHealth.objects.filter(identity__deliveries=delivery_id).exists()


def _note_health(row: Delivery, progress: Progress) -> None:
    """What an attempt says about its address. The customer's row is locked where that is anything."""
    if row.identity is None:
        return
    if row.state == DeliveryState.FAILED and progress.address_health:
        finding = health.Finding(row.channel.kind, progress.address_health, progress.error, progress.error_code)
        health.note(row.identity, finding)
    elif row.state in _ARRIVED and not progress.is_opt_out and _tells_of_address(progress, row.pk):
        health.clear(row.identity, row.channel.kind)


def _is_recipient(row: Delivery, named: str) -> bool:
    """Whether a report speaks of the very address we wrote to: what was forwarded from there bounces elsewhere."""
    if row.identity is None or row.identity.kind != Identity.Kind.EMAIL:
        return row.identity is not None
    return normalise_email(named) == row.identity.address


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


def _with_riders(row: Delivery) -> list[Delivery]:
    """A delivery, and those that one mail carries with it. The conversation is locked."""
    riders = Delivery.objects.select_for_update(of=("self",)).filter(rides_with=row).order_by("pk")
    return [row, *riders.select_related("message__conversation", "channel", "identity")]


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


def _is_due(row: Delivery) -> bool:
    now = timezone.now()
    if row.state in (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.UNKNOWN):
        return row.not_before <= now
    is_lost = row.claimed_at is not None and row.claimed_at < now - CLAIM_LASTS
    return row.state == DeliveryState.SENDING and not row.provider_message_id and is_lost


def _apply(row: Delivery, progress: Progress) -> bool:
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
        _show(row, row.state, f"delivery.{row.state}" if is_news else "delivery.priced", cost=cost)
    if is_news and row.state == DeliveryState.FAILED:
        failing.ask(row)
    return is_news


def _move(row: Delivery, state: str) -> None:
    row.state = state


def _show(row: Delivery, state: str, event: str, *, cost: Decimal | None = None, until: datetime | None = None) -> None:
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


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
