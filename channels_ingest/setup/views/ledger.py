"""The ledger: every request that came in, where it stands and why, and sending it through again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from channels_ingest import ledger, replaying, tasks
from channels_ingest.models import InboundEvent
from channels_ingest.setup import ledger_pages, raw_shown
from channels_ingest.setup.ledger_pages import Filter
from channels_ingest.setup.worker import NoAnswer, result_of
from conversations.models import Channel, Conversation, Delivery, Message
from helpdesk.accounts.doors import for_admins, is_fragment, person

READ_SECONDS = 15.0
# A replay of many is done in bites: each is one request of a browser.
MOST_AT_ONCE = 200
MOST_LINKS = 20

State = InboundEvent.State
# The state a count of the ledger stands for, and what it means.
COUNTED = (
    ("waiting", State.RECEIVED, "Waiting"),
    ("processed", State.PROCESSED, "Processed"),
    ("ignored", State.IGNORED, "Ignored"),
    ("duplicate", State.DUPLICATE, "Duplicates"),
    ("quarantined", State.QUARANTINED, "Quarantined"),
    ("dead", State.DEAD, "Given up"),
)
REPLAYABLE = (State.QUARANTINED, State.DEAD)


@never_cache
@require_safe
@for_admins
def event_list(request: HttpRequest) -> HttpResponse:
    """Counts, filters and the newest requests."""
    wanted = Filter.of(request.GET.dict())
    channels = list(_channels(request).order_by("name"))
    chosen = next((one for one in channels if one.pk == wanted.channel), None)
    page = ledger_pages.page_of(
        ledger_pages.events(person(request), wanted), ledger_pages.number(request.GET.get("before", ""))
    )
    counts = ledger.counts(chosen)
    context = {
        "filter": wanted,
        "channels": channels,
        "listing": page,
        "received_count": counts["received"],
        "strip": [{"state": state, "label": _(label), "count": counts[name]} for name, state, label in COUNTED],
        "is_replayable": wanted.state in REPLAYABLE and page.rows,
    }
    return render(request, "settings/ledger/list.html", context)


@never_cache
@require_safe
@for_admins
def event_page(request: HttpRequest, event_id: int) -> HttpResponse:
    """One request: why it stands where it stands, and everything that came."""
    event = _event(request, event_id)
    if is_fragment(request):
        return render(request, "settings/ledger/standing.html", _standing(request, event))
    body = bytes(event.body)
    context = {
        "headers": raw_shown.headers(event.headers),
        "query": raw_shown.query(event.query),
        "path": raw_shown.visible(event.path),
        "body": raw_shown.body(body, str(event.headers.get("content-type", ""))),
        "kept_bytes": len(body),
    }
    return render(request, "settings/ledger/event.html", {**_standing(request, event), **context})


@require_safe
@for_admins
def original(request: HttpRequest, event_id: int) -> HttpResponse:
    """The body as it came, for saving: never shown, never run."""
    event = _event(request, event_id)
    response = HttpResponse(bytes(event.body), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="request-{event.pk}.bin"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@for_admins
def read_again(request: HttpRequest, event_id: int) -> HttpResponse:
    """What the adapter reads in it today. It changes nothing."""
    event = _event(request, event_id)
    try:
        reading, is_away = result_of(tasks.read_again, event.pk, seconds=READ_SECONDS), False
    except NoAnswer:
        reading, is_away = None, True
    context: dict[str, Any] = {"event": event, "reading": _visible(reading), "is_away": is_away}
    name = "reading" if is_fragment(request) else "reading_page"
    return render(request, f"settings/ledger/{name}.html", context)


@require_POST
@for_admins
def replay(request: HttpRequest, event_id: int) -> HttpResponse:
    """Send one request through again."""
    event = _event(request, event_id)
    if replaying.replay(event, by=person(request)):
        messages.success(request, _("It is on its way through again. What it already made is found, not doubled."))
    else:
        messages.error(request, _("It can't be replayed. %(why)s") % {"why": ledger.obstacle(event)})
    return redirect("settings_event", event.pk)


@require_POST
@for_admins
def replay_all(request: HttpRequest) -> HttpResponse:
    """Send through again what a filter shows, oldest first, as many as one request may."""
    wanted = Filter.of(request.POST.dict())
    if wanted.state not in REPLAYABLE:
        messages.error(request, _("Choose the quarantined ones or those given up first."))
        return redirect("settings_ledger")
    chosen = ledger_pages.events(person(request), wanted).select_related("channel")
    # Those that can go through come first, or a heap of forged ones would stand before them for ever.
    oldest = chosen.order_by("-is_verified", "pk")[:MOST_AT_ONCE]
    done, kept = replaying.replay_each(oldest, by=person(request))
    text = ngettext(
        "%(n)d request is on its way through again.", "%(n)d requests are on their way through again.", done
    )
    messages.success(request, text % {"n": done})
    if kept:
        text = ngettext(
            "%(n)d does not prove where it came from, and stays.",
            "%(n)d don't prove where they came from, and stay.",
            kept,
        )
        messages.warning(request, text % {"n": kept})
    return redirect(f"{reverse('settings_ledger')}?{wanted.query}")


def _channels(request: HttpRequest) -> Any:
    return Channel.objects.visible_to(person(request))


def _event(request: HttpRequest, event_id: int) -> InboundEvent:
    found = InboundEvent.objects.filter(channel__in=_channels(request)).select_related("channel", "connection")
    return get_object_or_404(found, pk=event_id)


def _standing(request: HttpRequest, event: InboundEvent) -> dict[str, Any]:
    """Where it stands, what it made, and whether it can go through again."""
    made = {name: _ids(event.outcome.get(name)) for name in ("messages", "duplicates", "deliveries")}
    messages_made = Message.objects.filter(pk__in=made["messages"] + made["duplicates"])
    deliveries = Delivery.objects.filter(pk__in=made["deliveries"])
    visible = Conversation.objects.visible_to(person(request))
    told = visible.filter(pk__in=messages_made.values("conversation")) | visible.filter(
        pk__in=deliveries.values("message__conversation")
    )
    return {
        "event": event,
        "conversations": told.select_related("customer").distinct()[:MOST_LINKS],
        "led_to": ledger_pages.led_to(event),
        "obstacle": ledger.obstacle(event),
        "reason": raw_shown.visible(event.reason),
        "error": raw_shown.visible(event.error),
    }


def _ids(value: object) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def _visible(reading: dict[str, Any] | None) -> dict[str, Any] | None:
    """What strangers wrote, with its unseen characters shown."""
    if reading is None:
        return None
    items = [
        {"kind": item["kind"], "facts": [(name, raw_shown.visible(value)) for name, value in item["facts"]]}
        for item in reading["items"]
    ]
    return {"items_read": items, "problem": reading["problem"], "answer": raw_shown.visible(reading.get("answer", ""))}
