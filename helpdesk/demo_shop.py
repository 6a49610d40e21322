"""The demo's shop window, where a newcomer meets the chat widget. Only with ``up --demo``."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from conversations.models import Channel


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """A page of the shop with its chat on it, and how to text and write to it."""
    chat = Channel.objects.filter(kind="chat", is_on=True).order_by("pk").first()
    if chat is None:
        raise Http404("The demo has no chat channel")
    channels = {row.kind: row for row in Channel.objects.filter(desk=chat.desk_id, is_on=True)}
    return render(
        request, "demo/shop.html", {"chat": chat, "channels": channels, "brand": chat.desk.brand, "doubles": _doubles()}
    )


def _doubles() -> dict[str, str]:
    """Where what the demo sent to phones and mailboxes can be read."""
    try:
        told = json.loads((settings.DATA_DIR / "demo.json").read_text())["doubles"]
    except (OSError, ValueError, KeyError):
        return {}
    return {name: address for name, address in told.items() if isinstance(address, str)}


urlpatterns: list[URLPattern] = [path("", shop, name="demo_shop")]
