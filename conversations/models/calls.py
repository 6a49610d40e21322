"""Telephone calls: one row from the first ring to the outcome."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.channels import Channel
from conversations.models.conversations import Conversation
from customers.models import Identity


class Call(models.Model):
    """One call of one caller. What was said in it are messages that name it.

    ``conversation`` and ``identity`` are known once something was said; a withheld number never has an
    identity. While it is live, what is written to it is spoken.
    """

    class State(models.TextChoices):
        LIVE = "live"
        # Our goodbye was said; the provider has not confirmed the end yet.
        CLOSING = "closing"
        ENDED = "ended"

    class Outcome(models.TextChoices):
        ANSWERED = "answered"
        HANDED_OFF = "handed_off"
        VOICEMAIL = "voicemail"
        CALL_BACK = "call_back"
        ABANDONED = "abandoned"
        FAILED = "failed"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="calls")
    provider_call_id = models.CharField(max_length=64)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT, related_name="calls")
    identity = models.ForeignKey(Identity, null=True, on_delete=models.PROTECT, related_name="calls")
    # The number that was shown, normalised and as it came; empty where it was withheld.
    address = models.CharField(max_length=320, blank=True)
    address_as_seen = models.CharField(max_length=320, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    wants_call_back = models.BooleanField(default=False)
    seconds = models.IntegerField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    # When the provider last asked what to do.
    heard_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["channel", "provider_call_id"], name="call_once_per_provider_id"),
        )
        indexes = (
            models.Index(fields=["heard_at"], name="call_open", condition=models.Q(state__in=["live", "closing"])),
        )

    def __str__(self) -> str:
        return f"call {self.pk}: {self.outcome or self.state}"

    @property
    def is_live(self) -> bool:
        """Whether somebody is on the line."""
        return self.state == self.State.LIVE
