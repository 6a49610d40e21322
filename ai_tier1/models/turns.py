"""What the tier-1 did: one Turn for each burst of a customer's messages, and where it may speak."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class TurnQuerySet(models.QuerySet["Turn"]):
    """Reads of turns."""

    def open(self) -> TurnQuerySet:
        """Queued or running: at most one for each conversation."""
        return self.filter(state__in=Turn.OPEN_STATES)

    def due(self) -> TurnQuerySet:
        """Queued, and the burst they wait for is over."""
        return self.filter(state=Turn.State.QUEUED, not_before__lte=timezone.now()).order_by("not_before", "pk")


class Turn(models.Model):
    """One thought of the tier-1: the question, what was found, what was decided, and what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        # Another message came, or a person took over, before it was finished.
        SUPERSEDED = "superseded"

    OPEN_STATES: ClassVar[tuple[str, ...]] = (State.QUEUED, State.RUNNING)

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="turns")
    # The last message of the burst.
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE, related_name="turns")
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    question = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    # [{article, title, passage, heading, text, dense, lexical, score}] as found, best first.
    passages = models.JSONField(default=list)
    confidence = models.FloatField(null=True)
    decision = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    answer = models.TextField(blank=True)
    # [{number, article, title, passage}] as shown.
    citations = models.JSONField(default=list)
    reply = models.ForeignKey(
        "conversations.Message", null=True, on_delete=models.SET_NULL, related_name="written_by_turn"
    )
    milliseconds = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=10, decimal_places=6, default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state__in=["queued", "running"]), name="one_open_turn"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "-id"], name="turn_of_conversation"),
            models.Index(fields=["not_before"], name="turn_due", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"turn {self.pk}: {self.decision or self.state}"


class Rollout(models.Model):
    """Whether the tier-1 answers on a channel by itself. Without a row it only suggests."""

    class Mode(models.TextChoices):
        OFF = "off"
        SUGGEST = "suggest"
        OUT_OF_HOURS = "out_of_hours"
        ALWAYS = "always"

    channel = models.OneToOneField("conversations.Channel", on_delete=models.CASCADE, related_name="tier1_rollout")
    mode = models.CharField(max_length=14, choices=Mode.choices, default=Mode.SUGGEST)

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.mode}"
