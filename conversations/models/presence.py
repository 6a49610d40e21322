"""Whether somebody's chat window is there: what a reply in the chat depends on."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from customers.models import Identity


class VisitorPresence(models.Model):
    """The last sign of life of a visitor's windows.

    A window says so every few seconds while its socket lives; nothing is said when one closes, since another may be
    open and a process that dies says nothing either.
    """

    visitor = models.OneToOneField(Identity, on_delete=models.CASCADE, related_name="presence")
    here_at = models.DateTimeField(default=timezone.now)
    # Set once there was no sign for a while, to the moment of the last one; empty while he is here.
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["here_at"], name="visitor_still_here", condition=models.Q(left_at=None)),)

    def __str__(self) -> str:
        return f"visitor {self.visitor_id} {'left' if self.left_at else 'here'}"
