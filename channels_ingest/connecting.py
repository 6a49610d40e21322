"""What admins do to channels and their connections. Each change is one transaction and one line in the audit log."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from channels_ingest import setting_up
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.models import Connection
from channels_ingest.reconciling import standing
from conversations.actions import channels
from conversations.actions.actors import agent
from conversations.actions.channels import ChannelDraft
from conversations.models import Channel, Desk
from helpdesk.accounts import audit
from helpdesk.accounts.models import Team, User

# 24 random bytes, as url-safe text.
GENERATED_BYTES = 24


@dataclass(frozen=True, slots=True)
class Entered:
    """What an admin entered for a connection: a value by the name of its field; None takes a value away."""

    values: Mapping[str, object | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connected:
    """A channel with its connection, and the secrets that were made for it: shown once, readable never again."""

    channel: Channel
    connection: Connection
    made: Mapping[str, str]


@transaction.atomic
def connect(adapter: type[ChannelAdapter], draft: ChannelDraft, entered: Entered, *, by: User) -> Connected:
    """A new channel with its connection. Raises AddressTaken."""
    channel = channels.open_channel(adapter.channel_kind, draft, by=agent(by))
    channels.limit_files(channel, adapter.max_files_bytes)
    connection = Connection(channel=channel, provider=adapter.provider)
    made = _make_missing(adapter.fields, entered)
    _fill(connection, adapter.fields, {**entered.values, **made})
    connection.save()
    setting_up.begin(channel)
    facts = {"kind": channel.kind, "provider": adapter.provider, "name": channel.name}
    audit.note("channel.created", _subject(channel), actor=by, facts=facts)
    return Connected(channel, connection, _secret_ones(adapter.fields, made))


@transaction.atomic
def reconnect(
    connection: Connection, adapter: type[ChannelAdapter], draft: ChannelDraft, entered: Entered, *, by: User
) -> Channel:
    """Change a channel and its connection; values that were not entered stay. Raises AddressTaken."""
    locked = Connection.objects.select_for_update().select_related("channel").get(pk=connection.pk)
    before = {**locked.settings, **locked.credentials}
    channel = channels.change_channel(locked.channel, draft, by=agent(by))
    channels.limit_files(channel, adapter.max_files_bytes)
    _fill(locked, adapter.fields, entered.values)
    after = {**locked.settings, **locked.credentials}
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed:
        locked.error = ""  # it spoke of the old settings
    locked.save(update_fields=["credentials", "settings", "error"])
    standing.retry_now(locked)
    audit.note("channel.changed", _subject(channel), actor=by, facts={"connection": changed, "name": channel.name})
    return channel


@transaction.atomic
def reroute(channel: Channel, *, desk: Desk, team: Team | None, language: str, by: User) -> Channel:
    """Send a channel's new conversations elsewhere; all else stays."""
    draft = ChannelDraft(
        name=channel.name,
        desk=desk,
        address=channel.address,
        team=team,
        language=language,
        appearance=channel.appearance,
        help_text=channel.help_text,
        quiet_from=channel.quiet_from,
        quiet_until=channel.quiet_until,
    )
    changed = channels.change_channel(channel, draft, by=agent(by))
    audit.note("channel.changed", _subject(changed), actor=by, facts={"connection": [], "name": changed.name})
    return changed


@transaction.atomic
def renew_secret(connection: Connection, spec: ConnectionField, *, by: User) -> str:
    """Put a new secret in the place of a generated one, and return it: it is shown this once."""
    locked = Connection.objects.select_for_update().get(pk=connection.pk)
    fresh = secrets.token_urlsafe(GENERATED_BYTES)
    _fill(locked, (spec,), {spec.name: fresh})
    locked.save(update_fields=["credentials", "settings"])
    audit.note("channel.secret_renewed", f"channel:{locked.channel_id}", actor=by, facts={"secret": spec.name})
    return fresh


@transaction.atomic
def switch(channel: Channel, *, is_on: bool, by: User) -> Channel:
    """Switch a channel on or off."""
    switched = channels.switch_channel(channel, is_on=is_on, by=agent(by))
    audit.note("channel.switched_on" if is_on else "channel.switched_off", _subject(channel), actor=by)
    return switched


def _make_missing(fields: tuple[ConnectionField, ...], entered: Entered) -> dict[str, str]:
    return {
        spec.name: secrets.token_urlsafe(GENERATED_BYTES)
        for spec in fields
        if spec.is_generated and not entered.values.get(spec.name)
    }


def _secret_ones(fields: tuple[ConnectionField, ...], made: Mapping[str, str]) -> dict[str, str]:
    return {spec.name: made[spec.name] for spec in fields if spec.is_secret and spec.name in made}


def _fill(connection: Connection, fields: tuple[ConnectionField, ...], values: Mapping[str, object | None]) -> None:
    """Put each value where it belongs; what no field speaks of stays as it is."""
    kept = {True: dict(connection.credentials), False: dict(connection.settings)}
    for spec in fields:
        if spec.name in values:
            value = values[spec.name]
            if value is None:
                kept[spec.is_credential].pop(spec.name, None)
            else:
                kept[spec.is_credential][spec.name] = value
    connection.credentials, connection.settings = kept[True], kept[False]


def _subject(channel: Channel) -> str:
    return f"channel:{channel.pk}"
