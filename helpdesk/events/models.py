"""The event log: what happened, in one order that every reader agrees on."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One fact. Append-only, written by actions in the transaction of the change it tells of.

    ``facts`` holds ids and small values, never message text, so that erasing a person stays
    possible. ``seq`` is empty until ``publish`` numbers the row after its commit.
    """

    class ActorKind(models.TextChoices):
        AGENT = "agent"
        CUSTOMER = "customer"
        AI = "ai"
        SYSTEM = "system"

    seq = models.BigIntegerField(null=True, unique=True)
    subject = models.CharField(max_length=60)
    type = models.CharField(max_length=60)
    # Plain numbers: the log stands below the apps it tells of.
    conversation_id = models.BigIntegerField(null=True)
    desk_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices, default=ActorKind.SYSTEM)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=["id"], name="event_unnumbered", condition=models.Q(seq=None)),
            models.Index(fields=["conversation_id", "seq"], name="event_of_conversation"),
            models.Index(fields=["type", "created_at"], name="event_by_type"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.type} {self.subject}"


class EventClock(models.Model):
    """The last number given. One row."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Follower(models.Model):
    """How far one reader of the log has come."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)
    failure_count = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    moved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
