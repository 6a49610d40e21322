"""Conversations: one issue of one customer, whatever channels it runs over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from conversations.models.desks import Desk
from customers.models import Customer
from helpdesk.accounts.models import Team, User

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> ConversationQuerySet:
        """Conversations of the desks a person works at, without those merged into another."""
        return self.filter(desk__in=Desk.objects.visible_to(user), merged_into=None)

    def unresolved(self) -> ConversationQuerySet:
        """Open or snoozed."""
        return self.filter(state__in=[Conversation.State.OPEN, Conversation.State.SNOOZED])

    def in_view(self, view: str, user: User) -> ConversationQuerySet:
        """One of the inbox's lists. The browser keeps the same rules in static/js/inbox/views.js."""
        is_open = Q(state=Conversation.State.OPEN)
        with_ai = Q(assignee=None, tier1_state__in=Conversation.HELD_BY_TIER1)
        rules: dict[str, Q] = {
            "mine": is_open & Q(assignee=user),
            "unassigned": is_open & Q(assignee=None) & ~Q(tier1_state__in=Conversation.HELD_BY_TIER1),
            "ai": is_open & with_ai,
            "all": Q(state__in=[Conversation.State.OPEN, Conversation.State.SNOOZED]),
            "resolved": Q(state=Conversation.State.RESOLVED),
        }
        return self.filter(rules[view])

    def waiting_longest_first(self) -> ConversationQuerySet:
        """Those who wait for us first, by how long; then by latest word."""
        return self.order_by(F("waiting_since").asc(nulls_last=True), "-last_message_at", "-pk")

    def numbered(self, numbers: Iterable[int]) -> ConversationQuerySet:
        """By their numbers."""
        return self.filter(number__in=list(numbers))


class Conversation(models.Model):
    """What agents see as one thread. Counters and the preview are kept here by actions, never computed per list."""

    class State(models.TextChoices):
        OPEN = "open"
        SNOOZED = "snoozed"
        RESOLVED = "resolved"
        SPAM = "spam"

    class Priority(models.TextChoices):
        LOW = "low"
        NORMAL = "normal"
        HIGH = "high"
        URGENT = "urgent"

    class Tier1State(models.TextChoices):
        OFF = "off"
        WAITING = "waiting"
        ANSWERED = "answered"
        OFFERED = "offered"
        ASKED = "asked"
        HANDED_OFF = "handed_off"

    HELD_BY_TIER1: ClassVar[tuple[str, ...]] = (
        Tier1State.WAITING,
        Tier1State.ANSWERED,
        Tier1State.OFFERED,
        Tier1State.ASKED,
    )

    number = models.BigIntegerField(unique=True)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="conversations")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="conversations")
    subject = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    assignee = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="conversations")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="conversations")
    tier1_state = models.CharField(max_length=12, choices=Tier1State.choices, default=Tier1State.OFF)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    # The earlier conversation that this one was started beside, with no join.
    linked_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="linked_from")

    waiting_since = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    # When the next message leaves that an agent has scheduled here.
    scheduled_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    last_inbound_at = models.DateTimeField(null=True)
    message_count = models.IntegerField(default=0)
    unread_count = models.IntegerField(default=0)
    reopened_count = models.IntegerField(default=0)
    channel_kinds = ArrayField(models.CharField(max_length=20), default=list)
    preview = models.CharField(max_length=200, blank=True)
    preview_author_kind = models.CharField(max_length=10, blank=True)
    preview_author_name = models.CharField(max_length=200, blank=True)
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Conversation]] = ConversationQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["customer", "desk", "-last_message_at"], name="conversation_of_customer"),
            models.Index(fields=["desk", "state", "waiting_since", "-last_message_at"], name="conversation_queue"),
            models.Index(fields=["assignee", "state", "waiting_since"], name="conversation_of_agent"),
            models.Index(fields=["-last_message_at", "-id"], name="conversation_latest"),
            models.Index(fields=["snoozed_until"], name="conversation_due", condition=Q(state="snoozed")),
        )

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_held_by_person(self) -> bool:
        """Whether a person has taken over, so that the tier-1 keeps silent."""
        return self.assignee_id is not None or self.tier1_state == self.Tier1State.HANDED_OFF
