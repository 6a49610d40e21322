"""Desks, the walls between them, and when they are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from helpdesk.accounts.models import Team

if TYPE_CHECKING:
    from helpdesk.accounts.models import User


class OpeningHours(models.Model):
    """When people answer.

    ``weekly`` maps "mon" … "sun" to lists of ["09:00", "17:00"] in local time; ``holidays`` maps an
    ISO date to a list of the same form, empty where closed all day.
    """

    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=64, default="UTC")
    weekly = models.JSONField(default=dict)
    holidays = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "opening hours"

    def __str__(self) -> str:
        return self.name


class DeskQuerySet(models.QuerySet["Desk"]):
    def visible_to(self, user: User) -> DeskQuerySet:
        """The desks a person works at: open ones, and those of the person's teams. Admins see every desk."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(models.Q(is_restricted=False) | models.Q(teams__members=user)).distinct()


class Desk(models.Model):
    """A wall: channels, conversations, search and AI context stop here."""

    name = models.CharField(max_length=80, unique=True)
    brand = models.CharField(max_length=80, blank=True)
    is_default = models.BooleanField(default=False)
    # A restricted desk is seen by its teams alone.
    is_restricted = models.BooleanField(default=False)
    teams = models.ManyToManyField(Team, related_name="desks", blank=True)
    opening_hours = models.ForeignKey(OpeningHours, null=True, blank=True, on_delete=models.SET_NULL)
    # Unless its agent says otherwise, a scheduled message leaves even if the customer has written meanwhile.
    sends_anyway = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Desk]] = DeskQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_desk"
            ),
        )

    def __str__(self) -> str:
        return self.name
