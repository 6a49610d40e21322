"""Everything that left by a channel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from channels_ingest.setup import sent_pages
from channels_ingest.setup.sent_pages import SentFilter
from conversations.models import Channel, DeliveryState
from helpdesk.accounts.doors import for_admins, person


@never_cache
@require_safe
@for_admins
def sent_list(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Deliveries of one channel, narrowed by state and reason."""
    channel = get_object_or_404(Channel.objects.visible_to(person(request)), pk=channel_id)
    wanted = SentFilter.of(request.GET.dict())
    listing = sent_pages.page_of(channel, person(request), wanted, request.GET.get("before", ""))
    context = {"channel": channel, "filter": wanted, "listing": listing, "states": DeliveryState.choices}
    return render(request, "settings/channels/sent.html", context)
