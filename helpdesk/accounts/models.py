"""The people who work in Onethread, their teams, and the tokens their programs use."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Team(models.Model):
    """A group of agents that conversations can be given to."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        """Those who may log in."""
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def active(self) -> UserQuerySet:
        """Those who may log in."""
        return self.get_queryset().active()

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> User:
        """A new person; without a password nobody can log in as them."""
        user = self.model(email=self.normalize_email(email), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None, **fields: Any) -> User:
        """A new admin."""
        return self.create_user(email, name, password, role=User.Role.ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """By address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """An agent or an admin. The address is the log-in name."""

    class Role(models.TextChoices):
        ADMIN = "admin", "Admin"
        AGENT = "agent", "Agent"

    class Theme(models.TextChoices):
        SYSTEM = "system", "Like the device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    UNDO_SECONDS: ClassVar[tuple[int, ...]] = (0, 3, 5, 8, 15, 30)

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="members", blank=True)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    has_single_keys = models.BooleanField(default=True)
    # How long what this person sends waits to be taken back; null: as suits the channel, 0: never.
    undo_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_any_case"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_admin(self) -> bool:
        """May change settings, channels, knowledge and people."""
        return self.role == self.Role.ADMIN

    def get_full_name(self) -> str:
        """The name as written by the person."""
        return self.name


class ApiToken(models.Model):
    """A program's key. Only its digest is kept; the key itself is shown once."""

    class Scope(models.TextChoices):
        READ = "read", "Read conversations, customers and articles"
        WRITE = "write", "Write messages and change conversations"
        ADMIN = "admin", "Channels, knowledge, the ledger"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """Who did what to the installation itself. Append-only; conversations have the event log."""

    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    ip_address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
