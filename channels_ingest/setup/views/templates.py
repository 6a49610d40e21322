"""A channel's templates: what the provider has, in which state, and asking it again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_ingest import tasks
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.models import Connection
from channels_ingest.setup.worker import NoAnswer, result_of
from conversations import public
from conversations.models import Channel, MessageTemplate
from helpdesk.accounts.doors import for_admins, is_fragment, person

SYNC_SECONDS = 60.0
MOST_SHOWN = 200


@require_POST
@for_admins
def sync(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask the provider, through the worker, and show what it has."""
    channel = get_object_or_404(Channel.objects.visible_to(person(request)), pk=channel_id)
    try:
        failed = str(result_of(tasks.sync_templates, channel.pk, seconds=SYNC_SECONDS))
    except NoAnswer:
        failed = _("No worker answers. Is it running? Nothing was changed.")
    if is_fragment(request):
        shown = {"templates": page_of(channel), "channel": channel, "is_asked": True, "failed": failed}
        return render(request, "settings/channels/templates.html", shown)
    return redirect("settings_channel", channel.pk)


def page_of(channel: Channel) -> dict[str, Any] | None:
    """What the channel's page shows of its templates; None where its provider has none."""
    connection = Connection.objects.filter(channel=channel, is_active=True).first()
    adapter = ADAPTERS.get(connection.provider) if connection else None
    if connection is None or adapter is None or not adapter.has_templates:
        return None
    listed = MessageTemplate.objects.filter(channel=channel).listed()
    return {
        "rows": [public.template(row) for row in listed.usable_first()[:MOST_SHOWN]],
        "count": listed.count(),
        "synced_at": connection.templates_synced_at,
        "error": connection.templates_error,
    }
