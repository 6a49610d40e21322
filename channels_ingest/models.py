"""Connections to providers, and the ledger of everything they ever sent us."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from channels_ingest.mailboxes.models import Mailbox, MailboxFolder, MailPutAside
from channels_ingest.reconciling.models import ReceivedList
from conversations.models import Call, Channel, Message
from helpdesk.secrets import EncryptedJSONField

__all__ = [
    "CallTurn",
    "ChannelSetup",
    "Connection",
    "InboundEvent",
    "MailPutAside",
    "Mailbox",
    "MailboxFolder",
    "ReceivedList",
]


class Connection(models.Model):
    """How a channel reaches its provider. Any number per channel, exactly one active; a retired one
    still verifies callbacks, so a channel can change its provider and keep its history."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="connections")
    provider = models.CharField(max_length=40)
    credentials = EncryptedJSONField(default=dict)
    settings = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    last_inbound_at = models.DateTimeField(null=True)
    last_outbound_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)
    # Attempts in a row that found nobody at the provider's, and until when it is left alone for that.
    trouble_count = models.SmallIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    # When the provider was last asked for its templates, when it last told them, and why not since.
    templates_asked_at = models.DateTimeField(null=True)
    templates_synced_at = models.DateTimeField(null=True)
    templates_error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(is_active=True), name="one_active_connection"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} of {self.channel}"


class InboundEvent(models.Model):
    """One raw request, stored before it is acknowledged.

    A repeat of the same request adds to ``repeat_count``: received = the sum of all states, where each
    repeat counts as one received and one duplicate.
    """

    class State(models.TextChoices):
        RECEIVED = "received"
        PROCESSED = "processed"
        IGNORED = "ignored"
        DUPLICATE = "duplicate"
        QUARANTINED = "quarantined"
        DEAD = "dead"

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="inbound_events")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="inbound_events")
    # SHA-256 over method, path, query and body.
    digest = models.CharField(max_length=64)
    # A forged copy must not take the place of the genuine request.
    is_verified = models.BooleanField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    query = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=400, blank=True)
    attempt_count = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    repeat_count = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    # What became of it: ids of messages and deliveries.
    outcome = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["channel", "digest", "is_verified"], name="inbound_event_once"),)
        indexes = (
            models.Index(fields=["not_before"], name="inbound_due", condition=models.Q(state="received")),
            models.Index(fields=["state", "-id"], name="inbound_by_state"),
        )

    def __str__(self) -> str:
        return f"inbound {self.pk}: {self.state}"


class CallTurn(models.Model):
    """One turn of a call: what the caller answered at a place in our script, and what she was told.

    ``answers`` holds each document that was handed out, by how often she had been asked for patience, so that a
    repeated request hears the same.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="turns")
    number = models.IntegerField()
    at = models.CharField(max_length=10, blank=True)
    heard = models.CharField(max_length=10, blank=True)
    event = models.ForeignKey(InboundEvent, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["call", "number"], name="call_turn_once"),)

    def __str__(self) -> str:
        return f"turn {self.number} of call {self.call_id}"


class ChannelSetup(models.Model):
    """How far an admin came in setting up a channel. Until it is finished the channel is a draft that can be resumed;
    it takes messages all the same, or it could not be tried."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="setting_up")
    # The name of the step that comes next.
    step = models.CharField(max_length=20)
    began_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    # The last live test: {"name", "is_ok", "what_to_do"} for each line.
    check_lines = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"setup of {self.channel}: {self.step}"
