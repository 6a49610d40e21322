"""What a stored request would be read as now. Writes nothing; runs in the worker, as all reading of strangers."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, fields, is_dataclass

from channels_ingest import ledger
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.incoming import InboundItem
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import InboundEvent

logger = logging.getLogger(__name__)

LONGEST_VALUE = 2_000
MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One thing a request says: its kind in words, and what is known of it, (name, value) in the adapter's order."""

    kind: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a request says, or why it can't be read."""

    items: list[ReadItem]
    problem: str = ""
    # What the provider hears, or would hear, from us.
    answer: str = ""


def read_again(event_id: int) -> Reading:
    """Parse a stored request with its adapter as it is today."""
    event = InboundEvent.objects.select_related("connection__channel").filter(pk=event_id).first()
    if event is None or event.connection is None:
        return Reading([], "No connection of this channel knows the request.")
    answer = ""
    try:
        adapter = adapter_for(event.connection)
        answer = _answer(adapter, event)
        found = adapter.parse(ledger.raw(event))
        return Reading([_item(one) for one in found[:MOST_ITEMS]], answer=answer)
    except (AdapterError, LookupError) as error:
        return Reading([], str(error), answer)
    except Exception as error:
        logger.exception("Reading inbound event %s again", event_id)
        return Reading([], f"Reading it failed: {type(error).__name__}. See the worker's log.")


def _answer(adapter: ChannelAdapter, event: InboundEvent) -> str:
    """A caller hears words of her own, which her conversation holds; nobody hears an answer to what we fetched."""
    request = ledger.raw(event)
    if not event.is_verified:
        return "403, since it does not prove where it comes from"
    if request.method not in ("GET", "POST") or adapter.live_turn(request) is not None:
        return ""
    given = adapter.answer(request)
    return f"{given.status} {given.content_type} {given.body}"[:LONGEST_VALUE]


def _item(item: InboundItem) -> ReadItem:
    words = {"InboundMessage": "Message", "DeliveryUpdate": "Delivery report", "TypingUpdate": "Typing"}
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(item).__name__).capitalize()
    shown = [(one.name.replace("_", " "), _shown(getattr(item, one.name))) for one in fields(item)]
    return ReadItem(words.get(type(item).__name__, kind), [(name, value) for name, value in shown if value])


def _shown(value: object) -> str:
    if value is None or value == "" or value is False or value == () or value == {}:
        return ""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, tuple | list):
        text = "; ".join(filter(None, map(_shown, value)))
    elif isinstance(value, dict):
        text = "; ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    elif is_dataclass(value) and not isinstance(value, type):
        parts = ((one.name.replace("_", " "), _shown(getattr(value, one.name))) for one in fields(value))
        text = ", ".join(f"{name} {shown}" for name, shown in parts if shown)
    else:
        text = "yes" if value is True else str(getattr(value, "label", value))
    return text[:LONGEST_VALUE]
