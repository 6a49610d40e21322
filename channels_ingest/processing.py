"""From a row of the ledger to messages and delivery states. Repeatable: a repeat finds what is there."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from channels_ingest import ledger, template_sync
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import AdapterError, Unreadable
from channels_ingest.adapters.incoming import (
    CallUpdate,
    ConsentUpdate,
    DeliveryUpdate,
    ForAccount,
    Ignored,
    InboundItem,
    InboundMessage,
    NamedAddress,
    RawRequest,
    Sender,
    TemplateUpdate,
    TypingUpdate,
    Unclear,
)
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection, InboundEvent
from channels_ingest.voice import in_calls
from conversations import recipients
from conversations.actions import receiving, reporting, wishes
from conversations.actions.files import ArrivedFile
from conversations.delivery_progress import Progress
from conversations.models import Channel, Message
from conversations.recipients import Recipient
from customers.actions import consent
from customers.actions.resolving import Address
from customers.models import Identity

logger = logging.getLogger(__name__)
State = InboundEvent.State

# A status callback may overtake the answer to our own call; afterwards it speaks of a stranger's message.
STATUS_WAITS = 6


class NotYet(Exception):
    """What the item speaks of is not known here yet."""


@dataclass(slots=True)
class Outcome:
    """What one request led to. ``earlier`` are the messages that an attempt which broke off had made."""

    messages: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    # Why parts of it could not be taken; the request is kept in quarantine for their sake.
    strange: list[str] = field(default_factory=list)
    # What parts of it wait for.
    waiting: list[str] = field(default_factory=list)
    earlier: frozenset[int] = frozenset()

    @classmethod
    def so_far(cls, event: InboundEvent) -> Outcome:
        """Goes on where the attempt before broke off; a replay starts anew."""
        return cls(earlier=frozenset(event.outcome.get("messages", ()) if event.attempt_count > 1 else ()))

    @property
    def facts(self) -> dict[str, object]:
        """As the ledger keeps it."""
        return {"messages": self.messages, "duplicates": self.duplicates, "deliveries": self.deliveries}

    @property
    def reason(self) -> str:
        """What an admin should read first."""
        return "; ".join(dict.fromkeys([*self.strange, *self.ignored]))

    @property
    def state(self) -> str:
        """The ledger's word for it."""
        if self.strange:
            return State.QUARANTINED
        if self.messages or self.deliveries or self.calls:
            return State.PROCESSED
        return State.DUPLICATE if self.duplicates else State.IGNORED


def process(event_id: int, *, at_once: bool = False) -> InboundEvent | None:
    """Handle one stored request. None where it is done, or in other hands.

    ``at_once`` takes it even out of other hands, which may have died on it: somebody waits for the answer,
    and whoever is second finds what the first has made.
    """
    event = _claim(event_id, at_once=at_once)
    if event is None:
        return None
    outcome = Outcome.so_far(event)
    try:
        _handle(event, outcome)
    except Unreadable as error:
        ledger.finish(event, State.QUARANTINED, reason=error.text)
    except AdapterError as error:
        ledger.postpone(event, error.text, outcome=outcome.facts)
    except OperationalError as error:
        ledger.postpone(event, f"The database was away: {error}", outcome=outcome.facts)
    except Exception as error:
        logger.exception("Processing inbound event %s", event_id)
        ledger.postpone(event, f"{type(error).__name__}: {error}", outcome=outcome.facts)
    else:
        _settle(event, outcome)
    return event


def due(limit: int = 200, *, channel_id: int | None = None) -> list[int]:
    """Stored requests that nobody has processed yet."""
    rows = _due() if channel_id is None else _due().filter(channel=channel_id)
    return list(rows.order_by("not_before").values_list("pk", flat=True)[:limit])


def waiting_channels() -> list[int]:
    """The channels that have such requests."""
    return list(_due().order_by().values_list("channel_id", flat=True).distinct())


def _due() -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(state=State.RECEIVED, not_before__lte=timezone.now())


def _claim(event_id: int, *, at_once: bool) -> InboundEvent | None:
    """Take a row for one attempt: nobody else looks at it until the attempt should be long over."""
    with transaction.atomic():
        event = (
            InboundEvent.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("channel__desk", "connection__channel__desk")
            .filter(Q() if at_once else Q(not_before__lte=timezone.now()), pk=event_id, state=State.RECEIVED)
            .first()
        )
        if event is None:
            return None
        event.attempt_count += 1
        event.not_before = timezone.now() + timedelta(seconds=30)
        event.save(update_fields=["attempt_count", "not_before"])
        return event


def _handle(event: InboundEvent, outcome: Outcome) -> None:
    """Take every part of the request; one that fails keeps the others from nothing."""
    if event.connection is None:
        raise Unreadable("This channel has no connection.")
    adapter = adapter_for(event.connection)
    ledger.keep_findings(event, adapter.inquire(ledger.raw(event)))
    request = ledger.raw(event)
    failed: Exception | None = None
    items = adapter.parse(request)
    if not items:
        outcome.ignored.append("It says nothing.")
    for item in items:
        try:
            _take(item, event, event.channel, adapter, request, outcome)
        except OperationalError:
            raise
        except NotYet as error:
            outcome.waiting.append(str(error))
        except Exception as error:  # noqa: BLE001 - raised again below
            failed = failed or error
    if failed is not None:
        raise failed
    Connection.objects.filter(pk=event.connection.pk).update(last_inbound_at=timezone.now())


def _take(
    item: InboundItem,
    event: InboundEvent,
    channel: Channel,
    adapter: ChannelAdapter,
    request: RawRequest,
    outcome: Outcome,
) -> None:
    match item:
        case InboundMessage(call=None):
            _take_message(receiving.receive(arrival(item, channel)), outcome)
        case InboundMessage():
            _take_message(in_calls.receive(item, arrival(item, channel), event), outcome)
        case CallUpdate():
            in_calls.update(item, event)
            outcome.calls.append(item.kind)
        case DeliveryUpdate():
            _take_update(item, channel, outcome)
        case ConsentUpdate():
            wishes.note(channel, _address(item.sender, ""), _wish(item, channel))
            outcome.ignored.append("a wish, written into the ledger of consent")
        case TemplateUpdate():
            outcome.ignored.append(template_sync.note_update(item, adapter, request))
        case TypingUpdate():
            outcome.ignored.append("typing")
        case Ignored(reason=reason):
            outcome.ignored.append(reason)
        case Unclear(reason=reason):
            outcome.strange.append(reason)
        case ForAccount(account=account, item=inner):
            home = _channel_of(account, adapter, request)
            if home:
                _take(inner, event, home, adapter, request, outcome)
            else:
                outcome.strange.append(f"{account[:40]} is no channel's account that this request proves itself to")


def _channel_of(account: str, adapter: ChannelAdapter, request: RawRequest) -> Channel | None:
    """Our channel for another account with the same provider, where the request is genuine by its secret too."""
    others = Connection.objects.select_related("channel__desk").filter(provider=adapter.provider)
    for connection in others.order_by("-is_active", "-pk"):
        other = adapter_for(connection)
        if account and other.account == account and _proves_itself(request, other):
            return connection.channel
    return None


def _proves_itself(request: RawRequest, adapter: ChannelAdapter) -> bool:
    try:
        adapter.verify(request)
    except AdapterError:
        return False
    return True


def _take_message(received: receiving.Received, outcome: Outcome) -> None:
    if received.is_new or received.message.pk in outcome.earlier:
        outcome.messages.append(received.message.pk)
    else:
        outcome.duplicates.append(received.message.pk)
    _fetch_later(received.message)


def _take_update(item: DeliveryUpdate, channel: Channel, outcome: Outcome) -> None:
    progress = Progress(
        state=item.state,
        provider_message_id=item.provider_message_id,
        error_code=item.error_code,
        error=item.error_text,
        occurred_at=item.occurred_at,
        cost=item.cost,
        currency=item.currency,
        is_opt_out=item.is_opt_out,
        only_marketing=item.only_marketing,
        wants_template=item.wants_template,
        address_health=item.address_health,
    )
    delivery = reporting.note_progress(
        channel, progress, idempotency_key=item.idempotency_key, recipient=item.recipient
    )
    if delivery is None:
        raise NotYet("A status of a message that we do not know")
    outcome.deliveries.append(delivery.pk)


def arrival(item: InboundMessage, channel: Channel) -> receiving.Arrival:
    """An adapter's message in the domain's words."""
    is_from_us = item.sender is not None and _is_ours(item.sender)
    return receiving.Arrival(
        channel=channel,
        to=_readers(item.to),
        cc=_readers(item.cc),
        our_address=recipients.our_address_in(channel, item.recipient) if channel.abilities.has_recipients else "",
        sender=_address(item.sender, item.language) if item.sender else None,
        sender_name=item.sender.name if item.sender else item.facts.get("sender_name", ""),
        text=item.text,
        provider_message_id=item.provider_message_id,
        client_id=item.client_id,
        subject=item.subject,
        html=item.html,
        quoted_text=item.quoted_text,
        language=item.language,
        occurred_at=item.occurred_at,
        also=tuple(_address(one, item.language) for one in item.also),
        not_work=item.not_work,
        rfc_message_id=item.rfc_message_id,
        reply_tokens=item.reply_tokens,
        references=item.references,
        # Answering what another channel of ours wrote would go round in circles.
        automatic=item.automatic or ("auto_reply" if is_from_us else ""),
        opt_out=item.opt_out,
        is_opt_out_answered=item.is_opt_out_answered,
        is_forward=item.is_forward,
        heard_confidence=item.heard_confidence,
        history_at=item.history_at,
        files=tuple(
            ArrivedFile(one.name, one.content_type, one.content, one.url, one.content_id, one.is_inline)
            for one in item.attachments
        ),
    )


def _wish(item: ConsentUpdate, channel: Channel) -> consent.Wish:
    return consent.Wish(
        channel.kind,
        item.word,
        source=consent.Source.PREFERENCES,
        scope=consent.Scope.MARKETING if item.only_marketing else consent.Scope.ALL,
        words=item.words,
        said_to=channel.address,
        said_at=item.occurred_at,
    )


def _is_ours(sender: Sender) -> bool:
    return sender.kind == Identity.Kind.EMAIL and recipients.is_ours(sender.address, recipients.our_addresses())


def _readers(named: tuple[NamedAddress, ...]) -> tuple[Recipient, ...]:
    found = (recipients.recipient(one.address, one.name) for one in named)
    return tuple(one for one in found if one is not None)


def _address(sender: Sender, language: str) -> Address:
    return Address(sender.kind, sender.address, sender.address_as_seen, sender.assurance, sender.name, language)


def _fetch_later(message: Message) -> None:
    from channels_ingest import tasks  # the task calls back into this package

    for attachment_id in message.attachments.exclude(source_url="").filter(file="").values_list("pk", flat=True):
        tasks.enqueue(tasks.fetch_attachment, attachment_id)


def _settle(event: InboundEvent, outcome: Outcome) -> None:
    """Close the row, unless something in it may be understood in a moment."""
    if outcome.waiting and event.attempt_count < STATUS_WAITS:
        ledger.postpone(event, "; ".join(dict.fromkeys(outcome.waiting)), outcome=outcome.facts)
        return
    outcome.ignored += outcome.waiting
    ledger.finish(event, outcome.state, reason=outcome.reason, outcome=outcome.facts)
