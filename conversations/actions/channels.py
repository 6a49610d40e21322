"""Channels are made and changed here: what agents see of them, never how they reach their provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from django.db import connection
from django.db.models import Q

from conversations.actions.transactions import retried
from conversations.models import Channel, Desk
from helpdesk.accounts.models import Team
from helpdesk.events import log
from helpdesk.events.log import Actor


class AddressTaken(ValueError):
    """Another channel of this kind has an address. The text says which; ``field`` which of the two fields it is in."""

    def __init__(self, text: str, field: str = "address") -> None:
        super().__init__(text)
        self.field = field


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
    aliases: tuple[str, ...] = ()
    signature: str = ""
    # Chat only: after how many minutes what a visitor did not see is mailed; None: never.
    mails_after_minutes: int | None = 3


@retried
def open_channel(kind: str, draft: ChannelDraft, *, by: Actor) -> Channel:
    """A new channel, switched on. Raises AddressTaken."""
    _claim_addresses(kind, draft)
    channel = Channel(kind=kind)
    _fill(channel, draft)
    _note("channel.opened", channel, by)
    return channel


@retried
def change_channel(channel: Channel, draft: ChannelDraft, *, by: Actor) -> Channel:
    """The channel as the draft says; its kind stays. Raises AddressTaken."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    if (draft.address, *draft.aliases) != (locked.address, *locked.aliases):
        _claim_addresses(locked.kind, draft, except_for=locked.pk)
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


def limit_files(channel: Channel, max_files_bytes: int | None) -> None:
    """What its provider takes of files in one message, where that is less than the kind does."""
    Channel.objects.filter(pk=channel.pk).update(max_files_bytes=max_files_bytes)
    channel.max_files_bytes = max_files_bytes


def _claim_addresses(kind: str, draft: ChannelDraft, *, except_for: int = 0) -> None:
    """Two admins who enter one address at once: the second waits for the first, and is told."""
    wanted = {draft.address: "address", **dict.fromkeys(draft.aliases, "aliases")} if draft.address else {}
    with connection.cursor() as cursor:
        for address in sorted(wanted):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 43))", [f"{kind}:{address}"])
    others = Channel.objects.filter(kind=kind).exclude(pk=except_for)
    for address, place in wanted.items():
        other = others.filter(Q(address__iexact=address) | Q(aliases__contains=[address])).first()
        if other is not None:
            text = f"The channel “{other.name}” has this address already. Edit that one, or use another."
            raise AddressTaken(text if place == "address" else f"{address}: {text}", place)


def _fill(channel: Channel, draft: ChannelDraft) -> None:
    channel.name, channel.address = draft.name, draft.address
    channel.aliases, channel.signature = list(draft.aliases), draft.signature
    channel.desk, channel.team, channel.language = draft.desk, draft.team, draft.language
    channel.appearance = dict(draft.appearance)
    channel.help_text = draft.help_text
    channel.quiet_from, channel.quiet_until = draft.quiet_from, draft.quiet_until
    channel.mails_after_minutes = draft.mails_after_minutes
    channel.save()


def _note(type: str, channel: Channel, by: Actor) -> None:
    """For the screens of every desk: a channel may just have come from one."""
    log.record(type, f"channel:{channel.pk}", by=by, facts={"channel": channel.pk, "kind": channel.kind})
