"""One look into a provider's list for messages that nobody told us of."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from channels_ingest import ledger, tasks
from channels_ingest.adapters import listed
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import AdapterError, Transient
from channels_ingest.adapters.incoming import ReceivedMessage
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import InboundEvent
from channels_ingest.reconciling import standing
from channels_ingest.reconciling.models import ReceivedList
from conversations.models import Message

logger = logging.getLogger(__name__)

# A webhook that is on its way, or tried again, says more than the list does: it is left that long.
WEBHOOKS_TAKE = timedelta(seconds=60)
# Lists lag, and clocks differ.
OVERLAP = timedelta(minutes=30)
PAGES_PER_POLL = 5
MOST_WAITING = 1_000


def poll(connection_id: int) -> bool:
    """Take in what is missing. True where more is left to look at."""
    row = standing.claim(connection_id)
    if row is None:
        return False
    try:
        is_more = _read(row, adapter_for(row.connection))
    except LookupError as error:
        standing.note_failure(row, AdapterError(str(error)))
    except AdapterError as error:
        logger.warning("The list of connection %s can't be read: %s", connection_id, error.text)
        if not isinstance(error, Transient):
            _save(row, began=None, page="")  # the page may be what is wrong
        standing.note_failure(row, error)
    except Exception as error:
        logger.exception("Reading the list of connection %s", connection_id)
        standing.note_failure(row, AdapterError(f"Reading the provider's list broke off: {type(error).__name__}."))
    else:
        standing.note_success(row, is_more=is_more)
        return is_more
    return False


def _read(row: ReceivedList, adapter: ChannelAdapter) -> bool:
    """Go on with the pass, or begin one."""
    began = row.pass_began_at or timezone.now()
    since = max(row.read_until - OVERLAP, row.begins_at)
    page = row.next_page if row.pass_began_at else ""
    for _ in range(PAGES_PER_POLL):
        found = adapter.received(since, page)
        _take_in_missing(row, adapter, found.messages)
        page = found.following
        if not page:
            until = max(row.read_until, began - WEBHOOKS_TAKE)
            ReceivedList.objects.filter(pk=row.pk).update(read_until=until)
            _save(row, began=None, page="")
            return False
        _save(row, began=began, page=page)
    return True


def _save(row: ReceivedList, *, began: datetime | None, page: str) -> None:
    ReceivedList.objects.filter(pk=row.pk).update(pass_began_at=began, next_page=page)


def _take_in_missing(row: ReceivedList, adapter: ChannelAdapter, messages: Iterable[ReceivedMessage]) -> None:
    """Each through the ledger, as a request of its own. One that can't be had now keeps no other waiting."""
    settled_before = timezone.now() - WEBHOOKS_TAKE
    settled = [one for one in messages if one.received_at <= settled_before]
    failed: AdapterError | None = None
    # Oldest first: conversations are read in the order in which things came.
    for message in reversed(_unknown(row, settled)):
        try:
            _take_in(row, adapter, message)
        except AdapterError as error:
            failed = failed or error
    if failed:
        raise failed


def _unknown(row: ReceivedList, messages: list[ReceivedMessage]) -> list[ReceivedMessage]:
    ids = [one.provider_message_id for one in messages]
    channel = row.connection.channel
    known = set(
        Message.objects.filter(channel=channel, provider_message_id__in=ids).values_list(
            "provider_message_id", flat=True
        )
    )
    missing = [one for one in messages if one.provider_message_id not in known]
    if not missing:
        return []
    waiting = InboundEvent.objects.filter(channel=channel, state=InboundEvent.State.RECEIVED, is_verified=True)
    bodies = [bytes(body) for body in waiting.order_by("-pk").values_list("body", flat=True)[:MOST_WAITING]]
    return [one for one in missing if not any(one.provider_message_id.encode() in body for body in bodies)]


def _take_in(row: ReceivedList, adapter: ChannelAdapter, message: ReceivedMessage) -> None:
    body, content_type = adapter.received_content(message)
    connection = row.connection
    request = listed.as_request(message, body, content_type, connection.pk, received_at=timezone.now())
    accepted = ledger.accept(connection.channel, request, connections=[connection])
    if not accepted.is_new:
        return
    logger.warning("Channel %s: %s was never delivered to us", connection.channel_id, message.provider_message_id)
    ReceivedList.objects.filter(pk=row.pk).update(found_count=F("found_count") + 1, last_found_at=timezone.now())
    tasks.process_soon(accepted.event)
