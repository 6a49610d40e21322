"""The handoff from the tier-1 to a person, with its brief."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.conversations import Conversation


class Handoff(models.Model):
    """What a person has to know before typing a word.

    ``known_facts``: [{name, value, message, channel_kind}]; ``answered``: [{article, title, question}].
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="handoffs")
    reason = models.CharField(max_length=40)
    reason_text = models.CharField(max_length=300)
    wish = models.TextField(blank=True)
    known_facts = models.JSONField(default=list)
    answered = models.JSONField(default=list)
    promised = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    mood = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, blank=True)
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"handoff {self.pk}: {self.reason}"
