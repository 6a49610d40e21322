"""What left by a channel, as an admin looks through it: where each stands, and what the provider said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from channels_ingest.models import InboundEvent
from channels_ingest.setup.ledger_pages import number
from channels_ingest.setup.raw_shown import visible
from conversations.models import Channel, Conversation, Delivery, DeliveryState
from helpdesk.accounts.models import User

PAGE_SIZE = 50
FAILURES_OF = timedelta(days=7)
MOST_REASONS = 8
UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.HELD)
State = InboundEvent.State


@dataclass(frozen=True, slots=True)
class SentFilter:
    """What to show; empty fields narrow nothing. ``code`` is the reason of a failure."""

    state: str = ""
    code: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> SentFilter:
        """From a query string. What makes no sense there narrows nothing."""
        state = params.get("state", "")
        return cls(state if state in DeliveryState.values else "", params.get("code", "").replace("\x00", "")[:40])

    @property
    def query(self) -> str:
        """The same as a query string."""
        return urlencode({name: value for name, value in (("state", self.state), ("code", self.code)) if value})


@dataclass(frozen=True, slots=True)
class Sent:
    """One message on its way out. ``conversation`` is None where the reader may not see it."""

    delivery: Delivery
    to: str
    provider_message_id: str
    error: str
    conversation: int | None


@dataclass(frozen=True, slots=True)
class SentPage:
    """Some of them, newest first, and where the older ones begin."""

    rows: list[Sent]
    older: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why things failed, in a sentence, how often, and where they are listed (a query string)."""

    why: str
    count: int
    last_at: datetime
    query: str


def page_of(channel: Channel, person: User, wanted: SentFilter, before: str = "", size: int = PAGE_SIZE) -> SentPage:
    """The page that begins below a number. The channel is one that the person may see."""
    found: QuerySet[Delivery] = Delivery.objects.filter(channel=channel)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.code:
        found = found.filter(error_code=wanted.code)
    if (below := number(before)) is not None:
        found = found.filter(pk__lt=below)
    rows = list(found.select_related("identity", "message").defer("secret").order_by("-pk")[: size + 1])
    shown = rows[:size]
    told = {row.message.conversation_id for row in shown}
    visible_ids = set(Conversation.objects.visible_to(person).filter(pk__in=told).values_list("pk", flat=True))
    return SentPage([_sent(row, visible_ids) for row in shown], shown[-1].pk if len(rows) > size else None)


def failures(channel: Channel) -> list[Reason]:
    """Why messages could not be sent in the last seven days, the most frequent reason first."""
    since = timezone.now() - FAILURES_OF
    failed = Delivery.objects.filter(channel=channel, state=DeliveryState.FAILED, updated_at__gte=since)
    groups = failed.values("error_code").annotate(n=Count("pk"), why=Max("error"), last=Max("updated_at"))
    return [
        Reason(
            visible(group["why"] or group["error_code"]),
            group["n"],
            group["last"],
            SentFilter(DeliveryState.FAILED.value, group["error_code"]).query,
        )
        for group in groups.order_by("-n", "error_code")[:MOST_REASONS]
    ]


def refusals(channel: Channel) -> list[Reason]:
    """Why requests could not be taken in, in the last seven days."""
    since = timezone.now() - FAILURES_OF
    kept = InboundEvent.objects.filter(channel=channel, state__in=[State.QUARANTINED, State.DEAD])
    groups = kept.filter(received_at__gte=since).values("state", "reason")
    return [
        Reason(
            visible(group["reason"]) or "No reason was noted.",
            group["n"],
            group["last"],
            urlencode({"channel": channel.pk, "state": group["state"], "q": group["reason"][:100]}),
        )
        for group in groups.annotate(n=Count("pk"), last=Max("received_at")).order_by("-n", "reason")[:MOST_REASONS]
    ]


def oldest_waiting(channel: Channel) -> tuple[datetime | None, datetime | None]:
    """Since when the oldest unprocessed request, and the oldest unsent message, wait; None where nothing does."""
    came = InboundEvent.objects.filter(channel=channel, state=State.RECEIVED).aggregate(at=Min("received_at"))["at"]
    unsent = Delivery.objects.filter(channel=channel, state__in=UNSENT, provider_message_id="")
    return came, unsent.aggregate(at=Min("created_at"))["at"]


def _sent(row: Delivery, visible_ids: set[int]) -> Sent:
    conversation = row.message.conversation_id
    return Sent(
        row,
        visible(row.identity.address_as_seen or row.identity.address) if row.identity else "",
        visible(row.provider_message_id),
        visible(row.error),
        conversation if conversation in visible_ids else None,
    )
