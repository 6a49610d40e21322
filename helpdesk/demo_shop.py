"""The demo's shop window, where a newcomer meets the chat widget. Only with ``up --demo``."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from conversations.models import Channel
from helpdesk.pocket.doors import Doors
from helpdesk.pocket.errors import CannotDo
from helpdesk.ui.framing import framed_in_a_demo


@require_safe
@framed_in_a_demo
def shop(request: HttpRequest) -> HttpResponse:
    """A page of the shop with its chat on it."""
    try:
        key = Doors.here().chat_key
    except CannotDo:
        return render(request, "demo/gone.html", status=404)
    # Never another one: a chat channel of your own has no business on a page of the demo.
    chat = Channel.objects.filter(key=key, is_on=True).select_related("desk").first() if key else None
    if chat is None:
        raise Http404("The demo has no chat channel")
    return render(request, "demo/shop.html", {"chat": chat, "brand": chat.desk.brand})


urlpatterns: list[URLPattern] = [path("", shop, name="demo_shop")]
