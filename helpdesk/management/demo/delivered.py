"""What was sent long ago has arrived long ago: the outbox finds nothing left to do."""

from __future__ import annotations

import secrets

from channels_ingest.adapters.email.references import new_message_id, new_reply_token
from conversations.actions import claiming, delivering, reporting
from conversations.delivery_progress import Progress
from conversations.models import DeliveryState, Message

SMS_COST, CURRENCY = "0.0400", "USD"
SMS_CHARACTERS = 153


def deliver(message: Message, *, fails: str = "") -> None:
    """Take a message that was just written through the states that its provider would have reported."""
    delivery = message.delivery
    if message.channel.abilities.is_own:
        reporting.mark_seen(message)
        return
    provider_id = f"SM{secrets.token_hex(16)}"
    cost, segment_count = "", 0
    if message.channel.abilities.is_segmented:
        cost, segment_count = SMS_COST, -(-len(message.text) // SMS_CHARACTERS)
    if message.channel.abilities.has_subject:
        wanted = new_message_id(message.channel.address.partition("@")[2])
        provider_id, _ = delivering.issue_address(delivery.pk, rfc_message_id=wanted, token=new_reply_token())
    claiming.claim(delivery.pk)
    progress = Progress(
        DeliveryState.FAILED if fails else DeliveryState.DELIVERED,
        error=fails,
        error_code="undelivered" if fails else "",
        provider_message_id=provider_id,
        cost=cost,
        currency=CURRENCY if cost else "",
        segment_count=segment_count,
    )
    delivering.note_sent(delivery.pk, progress)
