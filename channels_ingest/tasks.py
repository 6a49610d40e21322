"""Jobs of the doors. Each takes an id, can run twice, and can be derived from a row again."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from celery import Task, shared_task

from channels_ingest import leaving, live_check, outbox, pricing, processing, rereading, resting, template_sync
from channels_ingest.adapters.failures import Transient
from channels_ingest.models import InboundEvent
from channels_ingest.voice import in_calls
from conversations.actions import claiming, reporting
from helpdesk import lanes
from helpdesk.slots import slot

logger = logging.getLogger(__name__)


# Wake-ups of one channel that may wait; beyond that the sweeper adds none, for those that wait lead to all the rest.
CROWDED = 200


# So many jobs at a time wait for what a provider has to tell; others come again with the next sweep.
ASKING_AT_ONCE = 2


def enqueue(task: Task[Any, Any], row_id: int, *, queue: str = "default", after: float = 0) -> None:
    """Wake a worker, ``after`` so many seconds. A broker that is away is no error: the sweeper finds the row."""
    try:
        task.apply_async((row_id,), queue=queue, countdown=after)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises
        logger.warning("%s(%s) not enqueued: %s", task.name, row_id, error)


def process_soon(event: InboundEvent) -> None:
    """Wake a worker for one stored request."""
    enqueue(process, event.pk, queue=lanes.lane("in", event.channel_id))


def is_lane_empty(kind: lanes.Kind, channel_id: int) -> bool:
    """Whether no wake-up waits in a channel's lane. Not where the broker is away: it would take none."""
    try:
        return lanes.waiting(lanes.lane(kind, channel_id)) == 0
    except Exception as error:  # noqa: BLE001 - whatever the broker raises
        logger.warning("The broker was not asked: %s", error)
        return False


@shared_task(name="channels_ingest.process")
def process(event_id: int) -> None:
    """Handle one stored request."""
    processing.process(event_id)


@shared_task(name="channels_ingest.deliver")
def deliver(delivery_id: int) -> None:
    """One attempt to send."""
    outbox.deliver(delivery_id)


@shared_task(
    name="channels_ingest.fetch_attachment",
    autoretry_for=(Transient,),
    retry_backoff=2,
    max_retries=5,
    soft_time_limit=80,
    time_limit=90,
)
def fetch_attachment(attachment_id: int) -> None:
    """Follow a provider's link to a file."""
    with _asking(seconds=90) as may:
        if may:
            outbox.fetch(attachment_id)


@shared_task(name="channels_ingest.check", acks_late=False, time_limit=45, soft_time_limit=40)
def check(channel_id: int, run: str) -> None:
    """The live test of a channel's connection, for the admin who waits for it."""
    live_check.carry_out(channel_id, run)


@shared_task(name="channels_ingest.read_again", ignore_result=False, acks_late=False, time_limit=20, soft_time_limit=15)
def read_again(event_id: int) -> dict[str, Any]:
    """What a stored request says, for the admin who looks at it."""
    return asdict(rereading.read_again(event_id))


@shared_task(name="channels_ingest.look_up_cost")
def look_up_cost(delivery_id: int) -> None:
    """Ask what a delivered message cost."""
    with _asking() as may:
        if may:
            outbox.look_up_cost(delivery_id)


@shared_task(name="channels_ingest.look_up_prices")
def look_up_prices(message_id: int) -> None:
    """Ask what a text to the writer of a message will cost."""
    with _asking() as may:
        if may:
            pricing.look_up(message_id)


@shared_task(name="channels_ingest.price")
def price() -> None:
    """Ask again for what the provider had no price for yet."""
    for delivery_id in reporting.without_cost():
        enqueue(look_up_cost, delivery_id)


@shared_task(
    name="channels_ingest.sync_templates", ignore_result=False, acks_late=False, time_limit=120, soft_time_limit=110
)
def sync_templates(channel_id: int) -> str:
    """Take over the provider's list of templates; why that failed, for the admin who waits for it."""
    return template_sync.sync(channel_id)


@shared_task(name="channels_ingest.sync_due_templates")
def sync_due_templates() -> None:
    """Ask each provider once an hour."""
    for channel_id in template_sync.due():
        enqueue(sync_templates, channel_id)


@shared_task(name="channels_ingest.sweep")
def sweep() -> None:
    """Enqueue whatever a lost wake-up left behind."""
    for channel_id in processing.waiting_channels():
        _sweep(process, lanes.lane("in", channel_id), processing.due(CROWDED, channel_id=channel_id))
    for channel_id in set(claiming.waiting_channels()) - resting.resting_channels():
        _sweep(deliver, lanes.lane("out", channel_id), claiming.due(CROWDED, channel_id=channel_id))
    leaving.wake_soon()
    in_calls.end_forgotten()
    for attachment_id in outbox.unfetched():
        enqueue(fetch_attachment, attachment_id)


def _asking(seconds: float = 120) -> AbstractContextManager[bool]:
    return slot("asking", of=ASKING_AT_ONCE, seconds=seconds)


def _sweep(task: Task[Any, Any], queue: str, row_ids: list[int]) -> None:
    if lanes.waiting(queue) < CROWDED:
        for row_id in row_ids:
            enqueue(task, row_id, queue=queue)


@shared_task(name="channels_ingest.find_missed")
def find_missed(connection_id: int) -> None:
    """Look for what a provider could not deliver to us, and again at once where that was not the end."""
    from channels_ingest.reconciling import polling  # it enqueues tasks itself

    with _asking() as may:
        is_more = may and polling.poll(connection_id)
    if is_more:
        enqueue(find_missed, connection_id)


@shared_task(name="channels_ingest.find_all_missed")
def find_all_missed() -> None:
    """The same for every connection whose time has come."""
    from channels_ingest.reconciling import standing  # see above

    for connection_id in standing.settle():
        enqueue(find_missed, connection_id)


@shared_task(name="channels_ingest.poll_mailbox")
def poll_mailbox(connection_id: int) -> None:
    """Look into one mailbox, and again at once where that was not the end."""
    from channels_ingest.mailboxes import polling  # it enqueues tasks itself

    with _asking() as may:
        is_more = may and polling.poll(connection_id)
    if is_more:
        enqueue(poll_mailbox, connection_id)


@shared_task(name="channels_ingest.poll_mailboxes")
def poll_mailboxes() -> None:
    """Look into every mailbox whose time has come."""
    from channels_ingest.mailboxes import accounts  # see above

    for connection_id in accounts.settle():
        enqueue(poll_mailbox, connection_id)
