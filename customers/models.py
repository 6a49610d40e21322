"""People and their addresses, how surely they belong together, and what was ever joined."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from customers.assurance import Assurance


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> CustomerQuerySet:
        """Without the records that were merged into another."""
        return self.filter(merged_into=None)

    def with_identity(self, address: str) -> CustomerQuerySet:
        """Those an address belongs to, whatever its kind, claims left out."""
        return self.filter(
            identities__in=Identity.objects.filter(address=address, assurance__gt=Assurance.CLAIMED)
        ).distinct()


class Customer(models.Model):
    """One person (or household, or company) who contacts us, on however many channels."""

    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Customer]] = CustomerQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["-created_at", "-id"], name="customer_newest"),)

    def __str__(self) -> str:
        return self.name or f"Customer {self.pk}"


class Identity(models.Model):
    """One address of a customer. At "presented" or above it belongs to one customer alone."""

    class Kind(models.TextChoices):
        PHONE = "phone"  # E.164: SMS sender, caller id and WhatsApp number
        WHATSAPP_USER = "whatsapp_user"  # business-scoped id
        EMAIL = "email"
        VISITOR = "visitor"  # a browser's chat session
        EXTERNAL = "external"  # the JWT subject of the customer's own site

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    address = models.CharField(max_length=320)
    address_as_seen = models.CharField(max_length=320, blank=True)
    assurance = models.SmallIntegerField(choices=Assurance.choices)
    is_shared = models.BooleanField(default=False)
    # We wrote there because others named it (a copy of a mail); nobody at that address has written yet.
    is_mentioned = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "address"],
                condition=models.Q(assurance__gte=Assurance.PRESENTED, is_shared=False),
                name="identity_has_one_owner",
            ),
            models.UniqueConstraint(fields=["customer", "kind", "address"], name="identity_once_per_customer"),
            models.UniqueConstraint(
                fields=["kind", "address"],
                condition=models.Q(is_mentioned=True),
                name="identity_mentioned_once",
            ),
        )
        indexes = (models.Index(fields=["address"], name="identity_by_address"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}"


class IdentityHealth(models.Model):
    """What came back from an address: whether messages of one kind of channel arrive there at all.

    The row goes when something arrives there, or comes from there, after all.
    """

    class State(models.TextChoices):
        DEAD = "dead"  # nothing will ever arrive: no such mailbox, a landline
        DOUBTFUL = "doubtful"  # it did not this time: a full mailbox, a phone that is off
        COMPLAINED = "complained"  # its owner called our mail spam

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="health")
    channel_kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices)
    # In words, as an agent reads them, without a full stop.
    why = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["identity", "channel_kind"], name="health_once_per_channel_kind"),
        )

    def __str__(self) -> str:
        return f"{self.identity}: {self.state} by {self.channel_kind}"


class Challenge(models.Model):
    """A code sent to a claimed address. Whoever sends it back, in the session that asked, has proved it."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="challenges")
    # The chat session that claimed the address: only there does the code count.
    asked_from = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="asked_challenges")
    channel_kind = models.CharField(max_length=20)
    code_digest = models.CharField(max_length=64)
    attempt_count = models.SmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["asked_from", "-created_at"], name="challenge_of_session"),)

    def __str__(self) -> str:
        return f"Challenge {self.pk} for {self.identity}"

    @property
    def is_open(self) -> bool:
        """Whether a code may still be tried."""
        return self.proved_at is None and self.expires_at > timezone.now()


class Merge(models.Model):
    """The ledger of joined records: what moved, why, and who did it. Nothing is deleted by a merge."""

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_merged")
    reason = models.CharField(max_length=60)
    evidence = models.JSONField(default=dict)
    # Ids of the rows that moved and what was changed in them, enough to put everything back.
    moved = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"


class Consent(models.Model):
    """One entry of the ledger: what somebody allowed or forbade us for one address and kind of channel.

    Entries are only added. The newest by ``said_at`` counts, for each scope by itself.
    """

    class State(models.TextChoices):
        STOPPED = "stopped"
        STARTED = "started"

    class Scope(models.TextChoices):
        ALL = "all"
        MARKETING = "marketing"

    class Source(models.TextChoices):
        KEYWORD = "keyword"  # the customer wrote STOP or START
        PREFERENCES = "preferences"  # told us by the provider's own switch (WhatsApp's marketing settings)
        PROVIDER = "provider"  # a refusal or a complaint that the provider reported
        AGENT = "agent"  # noted by hand, with a reason

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="consents")
    channel_kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.ALL)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.KEYWORD)
    # The customer's exact words, the provider's report, or the agent's reason.
    words = models.CharField(max_length=300, blank=True)
    # Our address that it was said to.
    said_to = models.CharField(max_length=320, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    said_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["identity", "channel_kind", "-said_at"], name="consent_newest"),)

    def __str__(self) -> str:
        return f"{self.identity}: {self.state}"
