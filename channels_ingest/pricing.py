"""Asking providers for their price lists, so that a text's price is known before it is written. Runs in the worker."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction

from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.registry import ADAPTERS, adapter_for
from channels_ingest.models import Connection
from conversations import prices
from conversations.actions import prices as learning
from conversations.models import Message
from customers.addresses import country_of

if TYPE_CHECKING:
    from helpdesk.events.models import Event

logger = logging.getLogger(__name__)


def on_message(event: Event) -> None:
    """A follower of the log: whoever reaches us by phone may be answered by text."""
    from channels_ingest import tasks  # the task calls back into this module

    message_id = event.facts["message"]
    if event.facts["direction"] == "inbound" and _unpriced(message_id):
        transaction.on_commit(lambda: tasks.enqueue(tasks.look_up_prices, message_id), robust=True)


def look_up(message_id: int) -> None:
    """Ask what a text to the writer of a message costs on each channel of the desk that could carry it."""
    for connection, country in _unpriced(message_id):
        try:
            price = adapter_for(connection).list_price(country)
        except AdapterError as error:
            logger.info("No price list for channel %s: %s", connection.channel_id, error.text)
            continue
        learning.note_listed(
            connection.channel,
            country,
            lowest=price.lowest if price else None,
            highest=price.highest if price else None,
            currency=price.currency if price else "",
        )


def _unpriced(message_id: int) -> list[tuple[Connection, str]]:
    """Connections whose provider has a list that was not asked for the writer's country within the week."""
    rows = Message.objects.filter(pk=message_id, identity__kind="phone")
    desk_id, number = rows.values_list("conversation__desk_id", "identity__address").first() or (None, "")
    country = country_of(number)
    if not country:
        return []
    providers = [name for name, adapter in ADAPTERS.items() if adapter.lists_prices]
    found = Connection.objects.filter(
        channel__desk=desk_id, channel__is_on=True, is_active=True, provider__in=providers
    )
    return [(one, country) for one in found.select_related("channel") if not prices.is_known(one.channel, country)]
