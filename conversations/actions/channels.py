"""Channels are made and changed here: what agents see of them, never how they reach their provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from django.db import connection

from conversations.actions.transactions import retried
from conversations.models import Channel, Desk
from helpdesk.accounts.models import Team
from helpdesk.events import log
from helpdesk.events.log import Actor


class AddressTaken(ValueError):
    """Another channel of this kind has the address. The text says which."""


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A channel as an admin wants it. ``address`` is normalised; ``appearance`` as the widget reads it."""

    name: str
    desk: Desk
    address: str = ""
    team: Team | None = None
    language: str = "en"
    appearance: Mapping[str, object] = field(default_factory=dict)
    help_text: str = ""
    # Both or neither.
    quiet_from: time | None = None
    quiet_until: time | None = None


@retried
def open_channel(kind: str, draft: ChannelDraft, *, by: Actor) -> Channel:
    """A new channel, switched on. Raises AddressTaken."""
    _claim_address(kind, draft.address)
    channel = Channel(kind=kind)
    _fill(channel, draft)
    _note("channel.opened", channel, by)
    return channel


@retried
def change_channel(channel: Channel, draft: ChannelDraft, *, by: Actor) -> Channel:
    """The channel as the draft says; its kind stays. Raises AddressTaken."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    if draft.address != locked.address:
        _claim_address(locked.kind, draft.address, except_for=locked.pk)
    _fill(locked, draft)
    _note("channel.changed", locked, by)
    return locked


@retried
def switch_channel(channel: Channel, *, is_on: bool, by: Actor) -> Channel:
    """On or off. What is sent to a channel that is off is still kept, and nothing leaves by it."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    locked.is_on = is_on
    locked.save(update_fields=["is_on"])
    _note("channel.switched_on" if is_on else "channel.switched_off", locked, by)
    return locked


def _claim_address(kind: str, address: str, *, except_for: int = 0) -> None:
    """Two admins who enter one address at once: the second waits for the first, and is told."""
    if not address:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 43))", [f"{kind}:{address}"])
    other = Channel.objects.filter(kind=kind, address__iexact=address).exclude(pk=except_for).first()
    if other is not None:
        raise AddressTaken(f"The channel “{other.name}” has this address already. Edit that one, or use another.")


def _fill(channel: Channel, draft: ChannelDraft) -> None:
    channel.name, channel.address = draft.name, draft.address
    channel.desk, channel.team, channel.language = draft.desk, draft.team, draft.language
    channel.appearance = dict(draft.appearance)
    channel.help_text = draft.help_text
    channel.quiet_from, channel.quiet_until = draft.quiet_from, draft.quiet_until
    channel.save()


def _note(type: str, channel: Channel, by: Actor) -> None:
    """For the screens of every desk: a channel may just have come from one."""
    log.record(type, f"channel:{channel.pk}", by=by, facts={"channel": channel.pk, "kind": channel.kind})
