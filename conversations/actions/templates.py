"""The copy we keep of a provider's templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from conversations.actions.actors import SYSTEM
from conversations.actions.transactions import retried
from conversations.models import Channel, MessageTemplate
from conversations.templates import ListedTemplate, row_fields
from helpdesk.events.log import record

State = MessageTemplate.State


@retried
def sync(channel: Channel, listed: Iterable[ListedTemplate], *, before: datetime | None) -> int:
    """Take over a provider's whole list; returns how many it holds. ``before`` is when the last list was taken.

    What is missing once may be on its way from one state to the next (Twilio's list is eventually consistent):
    it is gone when two lists in a row don't have it.
    """
    Channel.objects.select_for_update().get(pk=channel.pk)
    now = timezone.now()
    known = {row.provider_id: row for row in MessageTemplate.objects.filter(channel=channel)}
    seen = {one.provider_id: one for one in listed}
    for provider_id, one in seen.items():
        row = known.get(provider_id) or MessageTemplate(channel=channel, provider_id=provider_id)
        _fill(row, one, now)
    for row in known.values():
        if row.provider_id not in seen and before and row.synced_at < before and row.state != State.GONE:
            was, row.state = row.state, State.GONE
            row.save(update_fields=["state"])
            _tell(row, was)
    return len(seen)


@retried
def note_state(channel: Channel, *, provider_id: str, state: str, reason: str = "", category: str = "") -> bool:
    """The provider's word on one template, before the next list. False for one we have not seen yet."""
    row = MessageTemplate.objects.select_for_update().filter(channel=channel, provider_id=provider_id).first()
    if row is None:
        return False
    was = row.state
    row.state, row.reason = state, reason[:300]
    row.category = category or row.category
    row.save(update_fields=["state", "reason", "category"])
    if was != state:
        _tell(row, was)
    return True


def _fill(row: MessageTemplate, one: ListedTemplate, now: datetime) -> None:
    was, fields = row.state, row_fields(one)
    is_news = row.pk is None or any(getattr(row, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(row, name, value)
    row.synced_at = now
    row.save()
    if is_news:
        _tell(row, was)


def _tell(row: MessageTemplate, was: str) -> None:
    facts = {"template": row.pk, "channel": row.channel_id, "from": was, "state": row.state}
    record("template.changed", f"channel:{row.channel_id}", by=SYSTEM, desk_id=row.channel.desk_id, facts=facts)
