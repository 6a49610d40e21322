"""What messages cost, as far as we know before sending one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from conversations.models.channels import Channel


class MessagePrice(models.Model):
    """The price of one unit (a segment where a channel is segmented, else a message) to one country."""

    class Source(models.TextChoices):
        PAID = "paid"  # what the last one there cost
        LISTED = "listed"  # the provider's price list

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="prices")
    # ISO 3166-1 alpha-2.
    country = models.CharField(max_length=2)
    # Of a template; empty for words of one's own.
    category = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    # Both empty where the list names no price. They differ where it depends on the network, which we can't know.
    lowest = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    highest = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True)
    learned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "country", "category", "source"], name="price_once_per_country_and_source"
            ),
            models.CheckConstraint(
                condition=Q(lowest=None, highest=None) | Q(lowest__gte=0, highest__gte=models.F("lowest")),
                name="price_is_a_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel_id} to {self.country}: {self.lowest}-{self.highest} {self.currency}"
