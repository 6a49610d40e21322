"""How far each provider's list of received messages is read."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone


class ReceivedList(models.Model):
    """A connection's list at its provider. Nothing older than ``begins_at`` is taken from it.

    It is read in passes, newest first. ``read_until`` moves only when a pass is through, so that one which breaks
    off leaves no gap.
    """

    connection = models.OneToOneField(
        "channels_ingest.Connection", on_delete=models.CASCADE, related_name="received_list"
    )
    # Which list: another account or number has another one, which begins when it was set.
    account = models.CharField(max_length=400)
    begins_at = models.DateTimeField()
    read_until = models.DateTimeField()
    # A pass that is under way: when it began, and where it goes on.
    pass_began_at = models.DateTimeField(null=True)
    next_page = models.TextField(blank=True)
    next_poll_at = models.DateTimeField(default=timezone.now)
    last_success_at = models.DateTimeField(null=True)
    failure_count = models.IntegerField(default=0)
    # Why it can't be read, in a sentence; empty where it can.
    error = models.CharField(max_length=400, blank=True)
    # How many messages were found there that nobody had told us of.
    found_count = models.IntegerField(default=0)
    last_found_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["next_poll_at"], name="received_list_due"),)

    def __str__(self) -> str:
        return f"list of connection {self.connection_id}"

    def begin_at(self, moment: datetime) -> None:
        """Another list, from this moment on. Providers date messages by whole seconds."""
        self.begins_at = self.read_until = moment.replace(microsecond=0)
        self.pass_began_at, self.next_page = None, ""
