"""Message templates: what a provider lets us send where we may not write freely."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from conversations.models.channels import Channel

if TYPE_CHECKING:
    from helpdesk.accounts.models import User


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def visible_to(self, user: User) -> MessageTemplateQuerySet:
        """Those of the channels of a person's desks."""
        return self.filter(channel__in=Channel.objects.visible_to(user))

    def listed(self) -> MessageTemplateQuerySet:
        """Those the provider still has."""
        return self.exclude(state=MessageTemplate.State.GONE)

    def usable_first(self) -> MessageTemplateQuerySet:
        """Those that can be sent first, then by name."""
        can_go = models.When(state=MessageTemplate.State.APPROVED, obstacle="", then=models.Value(0))
        is_late = models.Case(can_go, default=models.Value(1), output_field=models.IntegerField())
        return self.annotate(is_late=is_late).order_by("is_late", "name", "language", "pk")


class MessageTemplate(models.Model):
    """One template in one language, as the provider last showed it. A copy: the provider's is the truth.

    Texts hold their variables as ``{{key}}``. ``variables`` is a list of {key, part, name, index, example} in the
    order in which a reader meets them, ``buttons`` one of {kind, text, target}: see conversations/templates.py.
    """

    class State(models.TextChoices):
        APPROVED = "approved"
        PENDING = "pending"
        REJECTED = "rejected"
        PAUSED = "paused"
        DISABLED = "disabled"
        UNSUBMITTED = "unsubmitted"
        GONE = "gone"  # the provider has it no more; messages still speak of it

    class Category(models.TextChoices):
        UTILITY = "utility"
        MARKETING = "marketing"
        AUTHENTICATION = "authentication"

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="templates")
    provider_id = models.CharField(max_length=100)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    category = models.CharField(max_length=20, choices=Category.choices, default=Category.UTILITY)
    header = models.TextField(blank=True)
    body = models.TextField(blank=True)
    footer = models.TextField(blank=True)
    buttons = models.JSONField(default=list)
    variables = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices)
    # The provider's own word on why it was refused or paused.
    reason = models.CharField(max_length=300, blank=True)
    # Why it can't be sent from here though the provider would take it, in a sentence.
    obstacle = models.CharField(max_length=300, blank=True)
    # When the provider last listed it.
    synced_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[MessageTemplate]] = MessageTemplateQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["channel", "provider_id"], name="template_once_per_channel"),)
        indexes = (models.Index(fields=["channel", "name"], name="template_by_name"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def is_marketing(self) -> bool:
        """Whether it needs more than a person's silence."""
        return self.category == self.Category.MARKETING
