"""What the tier-1 did: one Turn for each burst of a customer's messages, and where it may speak."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Turn(models.Model):
    """One thought of the tier-1: the question, what was found, what was decided, and what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        # A person took over before it was finished, or nothing was left to answer.
        SUPERSEDED = "superseded"

    OPEN_STATES: ClassVar[tuple[str, ...]] = (State.QUEUED, State.RUNNING)

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    # The last message of the burst.
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.SmallIntegerField(default=0)

    question = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    # [{article, slug, title, passage, heading, text, dense, lexical, score}] as found, best first.
    passages = models.JSONField(default=list)
    confidence = models.FloatField(null=True)
    decision = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    answer = models.TextField(blank=True)
    # [{number, article, title, passage, url}] as shown.
    citations = models.JSONField(default=list)
    reply = models.ForeignKey("conversations.Message", null=True, on_delete=models.SET_NULL, related_name="+")
    milliseconds = models.IntegerField(null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state__in=["queued", "running"]), name="one_open_turn"
            ),
        )
        indexes = (
            models.Index(fields=["not_before"], name="turn_due", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["conversation", "-id"], name="turn_of_conversation"),
        )

    def __str__(self) -> str:
        return f"turn {self.pk}: {self.decision or self.state}"


class Rollout(models.Model):
    """Whether the tier-1 answers on a channel by itself. A new channel starts with suggestions to agents."""

    class Mode(models.TextChoices):
        OFF = "off", "Off"
        SUGGEST = "suggest", "Suggest to agents only"
        OUT_OF_HOURS = "out_of_hours", "Answer while nobody is there"
        ALWAYS = "always", "Answer always"

    channel = models.OneToOneField("conversations.Channel", on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.SUGGEST)

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.mode}"
