"""What a message will cost, told before it is sent: by what the last one to that country cost, else by the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.utils import timezone

from conversations.models import Channel, MessagePrice
from customers.addresses import country_of
from customers.models import Identity

# What was paid once is believed for so long; a provider's list is asked again after a week.
PAID_LASTS = timedelta(days=90)
LIST_LASTS = timedelta(days=7)

# The prices of one channel to one country, by category of template; "" is for words of one's own.
Tariff = Mapping[str, MessagePrice]
NO_TARIFF: Tariff = {}


class PriceBook:
    """The prices that some channels have to the countries of some addresses, read at once."""

    def __init__(self, channels: Iterable[Channel], identities: Iterable[Identity]) -> None:
        countries = {country for one in identities if (country := country_of(one.address))}
        self._tariffs: dict[tuple[int, str], dict[str, MessagePrice]] = defaultdict(dict)
        if not countries:
            return
        rows = MessagePrice.objects.filter(channel__in=[one.pk for one in channels], country__in=countries)
        since = timezone.now() - PAID_LASTS
        # By name "listed" comes before "paid", which so counts.
        for row in rows.exclude(lowest=None).order_by("source"):
            if row.source == MessagePrice.Source.LISTED or row.learned_at > since:
                self._tariffs[row.channel_id, row.country][row.category] = row

    def of(self, channel: Channel, identity: Identity) -> Tariff:
        """What it costs to write there; empty where nobody knows."""
        return self._tariffs.get((channel.pk, country_of(identity.address)), NO_TARIFF)


def is_known(channel: Channel, country: str) -> bool:
    """Whether the list need not be asked: it was, within the week, whatever it said."""
    since = timezone.now() - LIST_LASTS
    rows = MessagePrice.objects.filter(channel=channel, country=country, source=MessagePrice.Source.LISTED)
    return rows.filter(learned_at__gt=since).exists()
