"""What was said: messages with customers, and notes among ourselves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from conversations.models.calls import Call
from conversations.models.channels import Channel
from conversations.models.conversations import Conversation
from conversations.models.templates import MessageTemplate
from customers.assurance import Assurance
from customers.models import Identity
from helpdesk.accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conversations.models.deliveries import Delivery


class DeliveryState(models.TextChoices):
    """Where a message that we send stands. See conversations/delivery_states.py for the order."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Unsaid(models.TextChoices):
    """Why a message of ours has not been said: it waits to leave, or never will. Empty: it was said."""

    UNDO = "undo", "In its undo seconds"
    LATER = "later", "Scheduled"
    TAKEN_BACK = "taken_back", "Taken back"
    WROTE_FIRST = "wrote_first", "Not sent: the customer wrote first"


# It may still leave.
WAITING = (Unsaid.UNDO, Unsaid.LATER)


class MessageQuerySet(models.QuerySet["Message"]):
    def said(self) -> MessageQuerySet:
        """Without what waits to leave or was taken back: only agents ever see that, and no rule may rest on it."""
        return self.filter(unsaid="")

    def shown_to(self, identities: Iterable[int]) -> MessageQuerySet:
        """Only what these identities themselves wrote or received: all that may ever leave to them.

        Received is also what they were openly or blindly copied on, by whomever: it reached their address.
        What waits to leave, or was taken back, reached nobody.
        """
        ids = list(identities)
        addresses = Identity.objects.filter(pk__in=ids, kind=Identity.Kind.EMAIL).values("address")
        copied = self.model.objects.filter(recipients__address__in=addresses).values("pk")
        return self.said().filter(Q(identity_id__in=ids) | Q(pk__in=copied))

    def by_participants(self) -> MessageQuerySet:
        """What was said, without what somebody wrote who stands beside: shown to agents, answered by nobody."""
        beside = apps.get_model("conversations", "Participant").objects.filter(
            conversation=OuterRef("conversation"),
            kind=OuterRef("identity__kind"),
            address=OuterRef("identity__address"),
            state="beside",
        )
        return self.said().exclude(Exists(beside), direction="inbound")


class Message(models.Model):
    """One message on one channel, from or to one address of the customer."""

    class Direction(models.TextChoices):
        INBOUND = "inbound"
        OUTBOUND = "outbound"

    class AuthorKind(models.TextChoices):
        CUSTOMER = "customer"
        AGENT = "agent"
        AI = "ai"
        SYSTEM = "system"

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="messages")
    # The customer's side: who wrote it, or who receives it. Empty for a sender who shows no address.
    identity = models.ForeignKey(Identity, null=True, on_delete=models.PROTECT, related_name="messages")
    # Which address of ours it came to or leaves from; empty: the channel's own.
    our_address = models.CharField(max_length=320, blank=True)
    # What this very message proved about its sender; empty on what we send.
    assurance = models.SmallIntegerField(choices=Assurance.choices, null=True)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    author_kind = models.CharField(max_length=10, choices=AuthorKind.choices)
    author_user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)

    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    quoted_text = models.TextField(blank=True)
    # The whole of what was said in short: it may follow on a channel with room for it.
    full_text = models.TextField(blank=True)
    # The call in which it was said, and how surely the words were recognised (0 to 1).
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="messages")
    heard_confidence = models.FloatField(null=True)
    # The template it was made from and what was filled in; ``text`` is what the customer reads.
    template = models.ForeignKey(MessageTemplate, null=True, on_delete=models.SET_NULL, related_name="messages")
    template_values = models.JSONField(default=dict)
    # Auto-replies, bounces, lists, STOP, thanks: recorded, answered by nobody.
    is_automatic = models.BooleanField(default=False)
    not_work = models.CharField(max_length=20, blank=True)

    client_id = models.CharField(max_length=64, blank=True)
    provider_message_id = models.CharField(max_length=500, blank=True)
    rfc_message_id = models.CharField(max_length=500, blank=True, db_index=True)
    occurred_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    delivery_state = models.CharField(max_length=10, choices=DeliveryState.choices, blank=True)
    delivery_error = models.CharField(max_length=400, blank=True)
    # While it is held: until when.
    held_until = models.DateTimeField(null=True)
    unsaid = models.CharField(max_length=12, choices=Unsaid.choices, blank=True)
    # The time an agent chose for it; kept once it has left.
    scheduled_for = models.DateTimeField(null=True)
    # It leaves at that time even if the customer has written meanwhile.
    sends_anyway = models.BooleanField(default=False)
    # How the conversation stood before an agent wrote it, until it has left: see actions/holding.py.
    conversation_before = models.JSONField(null=True)
    # It failed because the window is closed: an agent may send a template instead.
    wants_template = models.BooleanField(default=False)
    # Said in a chat that nobody was in any more: the mail that took it along.
    mailed_with = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="carried")
    # The message that failed for good and in whose place an agent sent this one. Each is replaced once.
    replaces = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="replaced_by")
    citations = models.JSONField(default=list)
    thread_rule = models.CharField(max_length=30, blank=True)
    thread_reason = models.CharField(max_length=200, blank=True)
    thread_confidence = models.FloatField(null=True)
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Message]] = MessageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "provider_message_id"],
                condition=~Q(provider_message_id=""),
                name="message_once_per_provider_id",
            ),
            models.UniqueConstraint(
                fields=["channel", "identity", "client_id"],
                condition=~Q(client_id="") & Q(direction="inbound"),
                name="message_once_per_client_id",
            ),
            models.UniqueConstraint(
                fields=["author_user", "client_id"],
                condition=~Q(client_id="") & Q(author_kind="agent"),
                name="message_once_per_agent_client_id",
            ),
        )
        indexes = (
            models.Index(fields=["conversation", "id"], name="message_of_conversation"),
            models.Index(fields=["identity", "-id"], name="message_of_identity"),
            models.Index(
                fields=["created_at"],
                name="message_unseen",
                condition=Q(direction="outbound", delivery_state="sent", mailed_with=None),
            ),
            models.Index(fields=["conversation"], name="message_unsaid", condition=~Q(unsaid="")),
        )

    def __str__(self) -> str:
        return f"{self.direction} message {self.pk}"

    @property
    def delivery(self) -> Delivery:
        """The delivery to its first recipient. Raises AttributeError on what goes nowhere."""
        found = min(self.deliveries.all(), key=lambda one: one.pk, default=None)
        if found is None:
            raise AttributeError("This message goes nowhere.")
        return found


class Note(models.Model):
    """Said among ourselves; no customer ever sees it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    client_id = models.CharField(max_length=64, blank=True)
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["author", "client_id"], condition=~Q(client_id=""), name="note_once_per_client_id"
            ),
        )
        indexes = (models.Index(fields=["conversation", "id"], name="note_of_conversation"),)

    def __str__(self) -> str:
        return f"note {self.pk}"


def storage_name(attachment: Attachment, name: str) -> str:
    """A random place; never the sender's file name."""
    return f"attachments/{secrets.token_hex(2)}/{secrets.token_urlsafe(24)}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def readable_by(self, user: User) -> AttachmentQuerySet:
        """What a person may open: files of what she may see, and her own that are not sent yet."""
        visible = Conversation.objects.visible_to(user)
        said = Q(message__conversation__in=visible) | Q(note__conversation__in=visible)
        return self.filter(said | Q(conversation__in=visible, uploaded_by=user))

    def unsent_of(self, user: User) -> AttachmentQuerySet:
        """What a person has uploaded and not sent, where she may still write."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user), uploaded_by=user)


class Attachment(models.Model):
    """A file of a message or a note, kept privately and served only through a permission check.

    One that an agent uploaded belongs to a conversation alone until it is sent; nobody else sees it before.
    """

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    note = models.ForeignKey(Note, null=True, on_delete=models.CASCADE, related_name="attachments")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="uploads")
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField(default=0)
    file = models.FileField(upload_to=storage_name, max_length=200, blank=True)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    # Where the provider keeps it until we have fetched it.
    source_url = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Attachment]] = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(message__isnull=False, note=None, conversation=None)
                    | Q(message=None, note__isnull=False, conversation=None)
                    | Q(message=None, note=None, conversation__isnull=False)
                ),
                name="attachment_has_one_place",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ReplyToken(models.Model):
    """A secret in the address we ask one recipient to reply to. Issued to one identity alone."""

    token = models.CharField(max_length=40, unique=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="reply_tokens")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="reply_tokens")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["conversation", "identity", "channel"], name="one_token_per_recipient"),
        )

    def __str__(self) -> str:
        return f"token to {self.identity_id} in {self.conversation_id}"
