"""Sending: claim, commit, call the provider, commit what it said. Never two messages for one row."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from channels_ingest import outgoing_files, readers, resting
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.email.references import new_reply_token
from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from channels_ingest.adapters.incoming import InboundAttachment
from channels_ingest.adapters.outgoing import (
    OutboundMessage,
    OutboundTemplate,
    SendResult,
    TemplateValue,
)
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection
from conversations import sending, templates
from conversations.actions import claiming, delivering, files, reporting
from conversations.delivery_progress import Progress
from conversations.models import Attachment, Delivery, DeliveryState, Message
from helpdesk import lanes

if TYPE_CHECKING:
    from helpdesk.events.models import Event

logger = logging.getLogger(__name__)

LOOK_UP_AFTER = timedelta(seconds=30)
MISCONFIGURED_RETRY = timedelta(minutes=5)
MAX_REFERENCES = 20
# So many messages of one channel leave at a time: a provider that hangs may hold up no more of the workers.
AT_ONCE = 2


def on_queued(event: Event) -> None:
    """A follower of the log: send what was just queued."""
    from channels_ingest import tasks  # the task calls back into this module

    row = Delivery.objects.only("channel_id").get(pk=event.facts["delivery"])
    queue = lanes.lane("out", row.channel_id)
    transaction.on_commit(lambda: tasks.enqueue(tasks.deliver, row.pk, queue=queue), robust=True)


def deliver(delivery_id: int) -> None:
    """One attempt for one delivery, if it is due."""
    mine = Connection.objects.select_related("channel").filter(channel__deliveries=delivery_id, is_active=True)
    connection = mine.first()
    if connection is not None and resting.is_resting(connection):
        return  # the sweeper comes back to it
    claimed = claiming.claim(delivery_id, at_once=resting.at_once(connection, AT_ONCE) if connection else AT_ONCE)
    if claimed is None:
        return
    delivery, is_uncertain = claimed
    try:
        _try(delivery, connection, is_uncertain)
    finally:
        _wake_next(delivery)


def _try(delivery: Delivery, connection: Connection | None, is_uncertain: bool) -> None:
    if connection is None:
        fail(delivery, "This channel is not connected to a provider.", "no_connection")
        return
    try:
        result = _attempt(delivery, connection, is_uncertain)
    except AdapterError as error:
        resting.note_attempt(connection, error)
        _failed(delivery, connection, error)
    else:
        resting.note_attempt(connection, None)
        if result is not None:
            _sent(delivery, connection, result)


def _failed(delivery: Delivery, connection: Connection, error: AdapterError) -> None:
    match error:
        case Transient(retry_after_seconds=wait):
            after = timedelta(seconds=wait) if wait else back_off(delivery)
            delivering.note_retry(delivery.pk, error=error.text, code=error.code, after=after, counts=not error.is_away)
        case OutcomeUnknown():
            delivering.note_unknown(delivery.pk, error=error.text, after=LOOK_UP_AFTER)
        case Misconfigured():
            Connection.objects.filter(pk=connection.pk).update(error=error.text[:400])
            code = error.code or "settings"
            delivering.note_retry(delivery.pk, error=error.text, code=code, after=MISCONFIGURED_RETRY, counts=False)
        case Permanent():
            _refused(delivery, error)
        case _:
            raise error


def _wake_next(delivery: Delivery) -> None:
    """The next piece of its message; and those that were turned away while others were on their way, once nobody else
    in the lane will come to them."""
    from channels_ingest import tasks  # the task calls back into this module

    channel_id, following = delivery.channel_id, claiming.next_piece(delivery)
    if following is not None:
        tasks.enqueue(tasks.deliver, following, queue=lanes.lane("out", channel_id))
    elif tasks.is_lane_empty("out", channel_id):
        for delivery_id in claiming.due(1, channel_id=channel_id):
            tasks.enqueue(tasks.deliver, delivery_id, queue=lanes.lane("out", channel_id))


def _attempt(delivery: Delivery, connection: Connection, is_uncertain: bool) -> SendResult | None:
    """Send, or find what an earlier attempt sent; None where another delivery takes this one along.

    Faults of our own come out as what they mean for the message.
    """
    try:
        adapter = adapter_for(connection)
        has_others = not delivery.is_piece and delivery.message.deliveries.exclude(pk=delivery.pk).exists()
        if has_others and not adapter.sends_copies and delivering.ride(delivery.pk):
            return None
        outbound = compose(delivery, adapter)
    except AdapterError:
        raise
    except LookupError as error:
        raise Permanent(str(error), code="no_adapter") from error
    except Exception as error:
        logger.exception("Composing delivery %s", delivery.pk)
        kind = OutcomeUnknown if is_uncertain else Transient
        raise kind(f"The message could not be made ready: {type(error).__name__}.", code="compose") from error
    try:
        found = _find_sent(delivery, adapter, outbound) if is_uncertain else None
        if found is None and is_uncertain:
            _ask_again(delivery)
        return found or adapter.send(outbound)
    except AdapterError:
        raise
    except Exception as error:
        logger.exception("Sending delivery %s", delivery.pk)
        raise OutcomeUnknown(f"Sending broke off: {type(error).__name__}.", code="broke_off") from error


def _find_sent(delivery: Delivery, adapter: ChannelAdapter, outbound: OutboundMessage) -> SendResult | None:
    found = adapter.find_sent(outbound)
    if found and reporting.is_another(delivery, found.provider_message_id):
        raise OutcomeUnknown("The provider has an equal message, sent for another one of ours.", code="equal_message")
    return found


def _ask_again(delivery: Delivery) -> None:
    """An attempt was lost and never arrived: what was allowed then may not be now."""
    refused = sending.refusal(delivery)
    if refused:
        raise Permanent(refused.text, code=refused.code, wants_template=refused.wants_template)


def _refused(delivery: Delivery, error: Permanent) -> None:
    progress = Progress(
        DeliveryState.FAILED,
        error=error.text,
        error_code=error.code or "refused",
        is_opt_out=error.is_opt_out,
        only_marketing=error.only_marketing,
        wants_template=error.wants_template,
        address_health=error.address_health,
    )
    delivering.note_sent(delivery.pk, progress)
    if delivery.message.template_id and error.wants_template:
        from channels_ingest import tasks  # the task calls back into this package

        # Our copy of it is out of date.
        tasks.enqueue(tasks.sync_templates, delivery.channel_id)


def fail(delivery: Delivery, text: str, code: str) -> None:
    """It will never work; agents see why."""
    delivering.note_sent(delivery.pk, Progress(DeliveryState.FAILED, error=text, error_code=code or "refused"))


def back_off(delivery: Delivery) -> timedelta:
    """2, 4, 8 … seconds up to 10 minutes, with jitter so that a provider's return meets no wave."""
    seconds = min(2.0**delivery.attempt_count, 600.0)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - jitter, no secret


def compose(delivery: Delivery, adapter: ChannelAdapter) -> OutboundMessage:
    """Everything the provider needs, made only from this message and its recipient's own thread."""
    message, identity, channel = delivery.message, delivery.identity, delivery.channel
    if identity is None:
        raise Permanent("This message has no address to go to.")
    fresh_id = adapter.new_message_id()
    rfc_message_id, token = (
        delivering.issue_address(delivery.pk, rfc_message_id=fresh_id, token=new_reply_token())
        if fresh_id
        else ("", "")
    )
    copy = readers.copy_of(delivery, sends_copies=adapter.sends_copies)
    references = readers.references(message, copy, MAX_REFERENCES) if fresh_id else ()
    secret = delivery.secret or {}
    return OutboundMessage(
        idempotency_key=delivery.idempotency_key,
        to_address=identity.address_as_seen or identity.address,
        to_name=_to_name(delivery),
        to=copy.to,
        cc=copy.cc,
        bcc=copy.bcc,
        quoted=readers.quoted(message, copy) if fresh_id and not secret else (),
        from_address=message.our_address or channel.address,
        from_name=_from_name(message),
        text=secret.get("text") or outgoing_files.words_of(delivery),
        html="" if secret else message.html,
        subject=message.subject,
        attachments=outgoing_files.files_of(delivery),
        rfc_message_id=rfc_message_id,
        in_reply_to=references[-1] if references else "",
        references=references,
        reply_token=token if copy.has_token else "",
        is_automatic=message.author_kind in (Message.AuthorKind.AI, Message.AuthorKind.SYSTEM),
        status_callback_url=settings.PUBLIC_URL + reverse("webhook_status", args=[channel.pk]),
        template=_template(message),
        attempted_at=delivery.attempted_at,
    )


def _template(message: Message) -> OutboundTemplate | None:
    if message.template is None:
        return None
    values = tuple(
        TemplateValue(one.part, one.name, message.template_values.get(one.key, ""), one.index)
        for one in templates.variables_of(message.template)
    )
    return OutboundTemplate(message.template.provider_id, message.template.name, message.template.language, values)


def on_delivered(event: Event) -> None:
    """A follower of the log: ask what it cost, once it has arrived."""
    from channels_ingest import tasks  # the task calls back into this module

    delivery_id = event.facts["delivery"]
    transaction.on_commit(lambda: tasks.enqueue(tasks.look_up_cost, delivery_id), robust=True)


def look_up_cost(delivery_id: int) -> None:
    """Ask the provider what a message cost. Where it has no price yet, it is asked again later."""
    delivery = Delivery.objects.filter(pk=delivery_id, cost=None).exclude(provider_message_id="").first()
    connection = Connection.objects.filter(channel=delivery.channel, is_active=True).first() if delivery else None
    if delivery is None or connection is None:
        return
    adapter = adapter_for(connection)
    if not adapter.has_prices:
        return
    try:
        found = adapter.look_up_cost(delivery.provider_message_id)
    except AdapterError as error:
        logger.info("No price for delivery %s: %s", delivery.pk, error.text)
        return
    if found is not None:
        reporting.note_cost(delivery.pk, cost=found[0], currency=found[1])


def fetch(attachment_id: int) -> None:
    """Bring a file that came as a link into our own store. Raises Transient to be tried again."""
    row = Attachment.objects.select_related("message__channel").get(pk=attachment_id)
    if row.file or not row.source_url or row.message is None:
        return
    connection = Connection.objects.select_related("channel").get(channel=row.message.channel, is_active=True)
    link = InboundAttachment(row.name, row.content_type, url=row.source_url)
    try:
        fetched = adapter_for(connection).fetch(link)
    except (Permanent, Misconfigured, OutcomeUnknown) as error:
        files.give_up(row.pk, error.text)
        return
    files.complete(row.pk, content=fetched.content or b"", content_type=fetched.content_type, name=fetched.name)


def unfetched(limit: int = 50) -> list[int]:
    """Files whose link was never followed to the end."""
    since = timezone.now() - timedelta(hours=24)
    rows = Attachment.objects.exclude(source_url="").filter(file="", error="", message__created_at__gt=since)
    return list(
        rows.filter(message__created_at__lt=timezone.now() - timedelta(seconds=20)).values_list("pk", flat=True)[:limit]
    )


def _sent(delivery: Delivery, connection: Connection, result: SendResult) -> None:
    Connection.objects.filter(pk=connection.pk).update(last_outbound_at=timezone.now(), error="")
    progress = Progress(
        result.state,
        provider_message_id=result.provider_message_id,
        cost=result.cost,
        currency=result.currency,
        segment_count=result.segment_count,
    )
    delivering.note_sent(delivery.pk, progress)
    for address, why in result.refused:
        failed = Progress(
            DeliveryState.FAILED, provider_message_id=result.provider_message_id, error=why, error_code="recipient"
        )
        reporting.note_progress(delivery.channel, failed, recipient=address)


def _to_name(delivery: Delivery) -> str:
    """The name that stands with the address of its only reader."""
    row = getattr(delivery, "recipient", None)
    return row.name if row is not None else delivery.message.conversation.customer.name


def _from_name(message: Message) -> str:
    desk = message.conversation.desk
    brand = desk.brand or desk.name
    is_person = message.author_kind == Message.AuthorKind.AGENT and message.author_name
    return f"{message.author_name} ({brand})" if is_person else brand
