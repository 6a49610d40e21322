"""Channels: a configured connection as agents see it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from conversations import channel_kinds
from conversations.file_rules import FileRules
from conversations.models.desks import Desk
from helpdesk.accounts.models import Team

if TYPE_CHECKING:
    from helpdesk.accounts.models import User


def new_key() -> str:
    """A public, unguessable name for a channel (the widget's address)."""
    return secrets.token_urlsafe(12)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, user: User) -> ChannelQuerySet:
        """Channels of the desks a person works at."""
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Channel(models.Model):
    """One address of ours (or one chat widget), whoever provides it."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=20, choices=channel_kinds.choices)
    name = models.CharField(max_length=80)
    # As people write to it: an e-mail address, a number in E.164; empty for chat.
    address = models.CharField(max_length=320, blank=True)
    # Further addresses of ours that arrive here and may be answered from; normalised.
    aliases = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    # Set under what agents write; "{agent}" and "{brand}" stand for names.
    signature = models.TextField(blank=True, max_length=2000)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    language = models.CharField(max_length=10, default="en")
    is_on = models.BooleanField(default=True)
    # Where a new conversation goes if nothing else says so.
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    # Chat only: greeting, colour, the sites that may embed it.
    appearance = models.JSONField(default=dict)
    # Chat only: so many minutes after a visitor left, what was said since goes to his proved mail. Empty: never.
    mails_after_minutes = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    # Sent to whoever writes HELP; empty where nothing is, or the provider answers itself.
    help_text = models.CharField(max_length=320, blank=True)
    # Between these hours, in the desk's time, nothing leaves that nobody asked for. Both or neither.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # How many bytes of files its provider takes in one message, where that is less than the kind does.
    max_files_bytes = models.BigIntegerField(null=True, blank=True)

    objects: ClassVar[models.Manager[Channel]] = ChannelQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of ours that this channel is, the main one first."""
        return tuple(dict.fromkeys(one for one in (self.address, *self.aliases) if one))

    @property
    def abilities(self) -> channel_kinds.ChannelKind:
        """What this kind of channel can do."""
        return channel_kinds.of(self.kind)

    @property
    def files(self) -> FileRules | None:
        """What files one message may carry: what the kind says, as far as this provider goes."""
        rules = self.abilities.files
        return rules.narrowed(self.max_files_bytes) if rules else None
