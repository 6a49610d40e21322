"""Keeping our copy of the providers' templates true: by list, and by what they tell at once. Runs in the worker."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.incoming import RawRequest, TemplateUpdate
from channels_ingest.adapters.registry import ADAPTERS, adapter_for
from channels_ingest.models import Connection
from conversations.actions import templates
from conversations.models import Channel

logger = logging.getLogger(__name__)

EVERY = timedelta(hours=1)


def sync(channel_id: int) -> str:
    """Take over the provider's list. Returns why that failed, in a sentence; empty where it did not."""
    connection = Connection.objects.select_related("channel__desk").filter(channel=channel_id, is_active=True).first()
    if connection is None:
        return "This channel is not connected to a provider."
    mine = Connection.objects.filter(pk=connection.pk)
    mine.update(templates_asked_at=timezone.now())
    try:
        listed = adapter_for(connection).list_templates()
    except (AdapterError, LookupError) as error:
        why = str(error)
    except Exception as error:
        logger.exception("Listing the templates of channel %s", channel_id)
        why = f"The provider's list can't be read ({type(error).__name__})."
    else:
        templates.sync(connection.channel, listed, before=connection.templates_synced_at)
        mine.update(templates_synced_at=timezone.now(), templates_error="")
        return ""
    mine.update(templates_error=why[:400])
    return why


def due(limit: int = 50) -> list[int]:
    """Channels whose provider was not asked within the hour."""
    providers = [name for name, adapter in ADAPTERS.items() if adapter.has_templates]
    waiting = Q(templates_asked_at=None) | Q(templates_asked_at__lt=timezone.now() - EVERY)
    rows = Connection.objects.filter(waiting, provider__in=providers, is_active=True, channel__is_on=True)
    return list(rows.order_by("templates_asked_at", "pk").values_list("channel_id", flat=True)[:limit])


def note_update(item: TemplateUpdate, adapter: ChannelAdapter, request: RawRequest) -> str:
    """Apply the provider's word to every channel that shares the account; what was done, in words.

    The account must be that of a connection which the request proves itself to.
    """
    from channels_ingest import tasks  # the task calls back into this module

    told = _channels_of(item.account, adapter, request)
    for channel in told:
        is_known = templates.note_state(
            channel, provider_id=item.provider_id, state=item.state, reason=item.reason, category=item.category
        )
        if not is_known:
            tasks.enqueue(tasks.sync_templates, channel.pk)
    if not told:
        return f"a template of the account {item.account[:40]}, which is no channel's here"
    return f"a template is {item.state}"


def _channels_of(account: str, adapter: ChannelAdapter, request: RawRequest) -> list[Channel]:
    found = []
    active = Connection.objects.select_related("channel__desk").filter(provider=adapter.provider, is_active=True)
    for connection in active.order_by("pk"):
        other = adapter_for(connection)
        if other.template_account == account and account:
            try:
                other.verify(request)
            except AdapterError:
                continue
            found.append(connection.channel)
    return found
