"""The ledger as an admin looks through it: filters, and pages by number, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext_lazy

from channels_ingest.models import InboundEvent
from channels_ingest.setup.raw_shown import visible
from conversations.models import Channel
from helpdesk.accounts.models import User

PAGE_SIZE = 50
# PostgreSQL's largest bigint has nineteen digits.
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; empty fields narrow nothing."""

    state: str = ""
    channel: int | None = None
    words: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filter:
        """From a query string. What makes no sense there narrows nothing."""
        state = params.get("state", "")
        return cls(
            state=state if state in InboundEvent.State.values else "",
            channel=number(params.get("channel", "")),
            words=params.get("q", "").replace("\x00", "").strip()[:100],
        )

    @property
    def query(self) -> str:
        """The same as a query string."""
        pairs = {"state": self.state, "channel": self.channel or "", "q": self.words}
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def query_without_state(self) -> str:
        """For the links that choose another state."""
        return Filter(channel=self.channel, words=self.words).query

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return self == Filter()


@dataclass(frozen=True, slots=True)
class Row:
    """One request, and in a sentence why it stands where it stands."""

    event: InboundEvent
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the older ones begin."""

    rows: list[Row]
    older: int | None


def number(text: str) -> int | None:
    """A row's number in a query string, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def events(person: User, wanted: Filter) -> QuerySet[InboundEvent]:
    """The requests to the channels a person may see, narrowed."""
    visible = Channel.objects.visible_to(person)
    found = InboundEvent.objects.filter(channel__in=visible)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.channel:
        found = found.filter(channel_id=wanted.channel)
    if wanted.words:
        found = found.filter(Q(reason__icontains=wanted.words) | Q(error__icontains=wanted.words))
    return found


def page_of(rows: QuerySet[InboundEvent], before: int | None) -> Page:
    """The page that begins below a number."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("channel").defer("body", "headers", "query").order_by("-pk")[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return Page(rows_of(found[:PAGE_SIZE]), found[PAGE_SIZE - 1].pk if more else None)


def rows_of(events: Iterable[InboundEvent]) -> list[Row]:
    """Each with its sentence."""
    return [Row(event, _why(event)) for event in events]


def led_to(event: InboundEvent) -> list[str]:
    """What it made, in words; empty where it made nothing."""
    made = {name: len(value) for name, value in event.outcome.items() if isinstance(value, list)}
    words = [
        (made.get("messages", 0), ngettext_lazy("%d new message", "%d new messages")),
        (made.get("duplicates", 0), ngettext_lazy("%d known message", "%d known messages")),
        (made.get("deliveries", 0), ngettext_lazy("%d delivery report", "%d delivery reports")),
    ]
    return [forms % count for count, forms in words if count]


def _why(event: InboundEvent) -> str:
    said = event.reason or event.error
    return visible(said) if said else ", ".join(led_to(event)) or f"{event.method} {visible(event.path)}"
