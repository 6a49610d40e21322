"""The outbox: one row for each thing that has to reach one address."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.channels import Channel
from conversations.models.messages import Attachment, DeliveryState, Message
from customers.models import Identity
from helpdesk.secrets import EncryptedJSONField


class Delivery(models.Model):
    """One message to one address, and what became of it.

    ``secret`` holds what must not stand in the message (a code); it is emptied once sent.
    """

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="deliveries", related_query_name="delivery"
    )
    identity = models.ForeignKey(Identity, null=True, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    idempotency_key = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    not_before = models.DateTimeField(default=timezone.now)
    attempt_count = models.SmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    # When it was first tried: what waits for a provider that is away is given up some day.
    tried_since = models.DateTimeField(null=True)
    # When the attempt began that may have to be looked up; a lookup believes nothing older.
    attempted_at = models.DateTimeField(null=True)
    provider_message_id = models.CharField(max_length=500, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=400, blank=True)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True)
    segment_count = models.SmallIntegerField(default=0)
    secret = EncryptedJSONField(null=True)
    # Where the provider takes one mail for all its recipients, the delivery that carries it for this one too.
    rides_with = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="riders")
    # Sent again to this address alone, after a first mail reached others.
    is_by_itself = models.BooleanField(default=False)
    # Where the provider takes one file a message: this is the words, a file, or one with the words under it.
    is_piece = models.BooleanField(default=False)
    has_words = models.BooleanField(default=True)
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "provider_message_id", "identity"],
                condition=~models.Q(provider_message_id=""),
                name="delivery_once_per_provider_id",
            ),
        )
        indexes = (
            models.Index(
                fields=["not_before"],
                name="delivery_due",
                condition=models.Q(state__in=["queued", "held", "sending", "unknown"]),
            ),
            models.Index(
                fields=["channel"],
                name="delivery_in_flight",
                condition=models.Q(state="sending", provider_message_id=""),
            ),
        )

    def __str__(self) -> str:
        return f"delivery {self.pk}: {self.state}"
