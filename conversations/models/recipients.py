"""Who else is on a conversation, and who each mail went to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from conversations.models.conversations import Conversation
from conversations.models.deliveries import Delivery
from conversations.models.messages import Message
from customers.models import Identity
from helpdesk.accounts.models import User


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def taking_part(self) -> ParticipantQuerySet:
        """Without those who stand beside."""
        return self.exclude(state=Participant.State.BESIDE)


class Participant(models.Model):
    """Somebody on a conversation who is not its customer, known by the address alone.

    Whoever stands ``beside`` is seen by agents and nothing else: gets no answer and no history until let in.
    """

    class State(models.TextChoices):
        IN = "in"  # openly on a mail of somebody who takes part, or written to by an agent
        BESIDE = "beside"  # of the customer's company, or named in a mail that nobody vouches for
        LET_IN = "let_in"  # stood beside until an agent said otherwise

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    kind = models.CharField(max_length=20, choices=Identity.Kind.choices, default=Identity.Kind.EMAIL)
    address = models.CharField(max_length=320)
    address_as_seen = models.CharField(max_length=320, blank=True)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    # The mail that brought them in.
    since = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    added_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Participant]] = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["conversation", "kind", "address"], name="participant_once"),)

    def __str__(self) -> str:
        return f"{self.address} {self.state} {self.conversation_id}"


class MessageRecipient(models.Model):
    """One address that a message went to, as its headers say; our own addresses are left out.

    On what comes in, those who read it beside us; on what leaves, everybody who gets it.
    """

    class Field(models.TextChoices):
        TO = "to"
        CC = "cc"
        BCC = "bcc"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    field = models.CharField(max_length=3, choices=Field.choices)
    address = models.CharField(max_length=320)
    address_as_seen = models.CharField(max_length=320, blank=True)
    name = models.CharField(max_length=200, blank=True)
    # Only on what leaves: the copy that goes to this address.
    delivery = models.OneToOneField(Delivery, null=True, on_delete=models.CASCADE, related_name="recipient")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["message", "address"], name="recipient_once_per_message"),)
        indexes = (models.Index(fields=["address", "message"], name="recipient_by_address"),)

    def __str__(self) -> str:
        return f"{self.field} {self.address} of message {self.message_id}"
