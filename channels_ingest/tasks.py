"""Jobs of the doors. Each takes an id, can run twice, and can be derived from a row again."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from celery import Task, shared_task

from channels_ingest import leaving, live_check, outbox, processing, rereading, template_sync
from channels_ingest.adapters.failures import Transient
from channels_ingest.voice import in_calls
from conversations.actions import delivering

logger = logging.getLogger(__name__)


def enqueue(task: Task[Any, Any], row_id: int, *, after: float = 0) -> None:
    """Wake a worker, ``after`` so many seconds. A broker that is away is no error: the sweeper finds the row."""
    try:
        task.apply_async((row_id,), countdown=after)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises
        logger.warning("%s(%s) not enqueued: %s", task.name, row_id, error)


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
    outbox.fetch(attachment_id)


@shared_task(name="channels_ingest.check", ignore_result=False, acks_late=False, time_limit=45, soft_time_limit=40)
def check(channel_id: int) -> list[dict[str, Any]]:
    """The live test of a channel's connection, for the admin who waits for it."""
    return [asdict(line) for line in live_check.lines(channel_id)]


@shared_task(name="channels_ingest.read_again", ignore_result=False, acks_late=False, time_limit=20, soft_time_limit=15)
def read_again(event_id: int) -> dict[str, Any]:
    """What a stored request says, for the admin who looks at it."""
    return asdict(rereading.read_again(event_id))


@shared_task(name="channels_ingest.look_up_cost")
def look_up_cost(delivery_id: int) -> None:
    """Ask what a delivered message cost."""
    outbox.look_up_cost(delivery_id)


@shared_task(name="channels_ingest.price")
def price() -> None:
    """Ask again for what the provider had no price for yet."""
    for delivery_id in delivering.without_cost():
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
    for event_id in processing.due():
        enqueue(process, event_id)
    for delivery_id in delivering.due():
        enqueue(deliver, delivery_id)
    leaving.wake_soon()
    in_calls.end_forgotten()
    for attachment_id in outbox.unfetched():
        enqueue(fetch_attachment, attachment_id)


@shared_task(name="channels_ingest.find_missed")
def find_missed(connection_id: int) -> None:
    """Look for what a provider could not deliver to us, and again at once where that was not the end."""
    from channels_ingest.reconciling import polling  # it enqueues tasks itself

    if polling.poll(connection_id):
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

    if polling.poll(connection_id):
        enqueue(poll_mailbox, connection_id)


@shared_task(name="channels_ingest.poll_mailboxes")
def poll_mailboxes() -> None:
    """Look into every mailbox whose time has come."""
    from channels_ingest.mailboxes import accounts  # see above

    for connection_id in accounts.settle():
        enqueue(poll_mailbox, connection_id)
