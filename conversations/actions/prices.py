"""What messages cost, learned from the provider's list and from what was paid."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from conversations.models import Channel, Delivery, MessagePrice
from customers.addresses import country_of

Source = MessagePrice.Source


def note_listed(
    channel: Channel, country: str, *, lowest: Decimal | None, highest: Decimal | None, currency: str
) -> None:
    """What the provider's list says of a country; None where it names no price, so that it is not asked each time."""
    _note(channel, country, "", Source.LISTED, lowest, highest, currency)


def note_paid(delivery: Delivery) -> None:
    """What one message cost says what the next one there will. With files it cost something else."""
    message, identity = delivery.message, delivery.identity
    country = country_of(identity.address) if identity else ""
    if not country or delivery.cost is None or not delivery.currency or message.attachments.exists():
        return
    count = delivery.segment_count if delivery.channel.abilities.is_segmented else 1
    if not count:
        return
    category = message.template.category if message.template else ""
    each = delivery.cost / count
    _note(delivery.channel, country, category, Source.PAID, each, each, delivery.currency)


def _note(
    channel: Channel,
    country: str,
    category: str,
    source: str,
    lowest: Decimal | None,
    highest: Decimal | None,
    currency: str,
) -> None:
    told = {"lowest": lowest, "highest": highest, "currency": currency, "learned_at": timezone.now()}
    MessagePrice.objects.update_or_create(
        channel=channel, country=country, category=category, source=source, defaults=told
    )
