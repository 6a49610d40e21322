"""Setting up a channel once it has its credentials: what to copy, live checks, a test message, routing, done.

Each step is a page of its own, so that it can be left, linked to and resumed.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ai_tier1 import rollout
from channels_ingest import connecting, setting_up
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.models import ChannelSetup, Connection
from channels_ingest.setup import checking, shown_once
from channels_ingest.setup.raw_shown import visible
from channels_ingest.setup.routing_form import RoutingForm
from channels_ingest.setup.views.channels import doors_of
from conversations.models import Channel, Conversation
from helpdesk.accounts.doors import for_admins, is_fragment, person

NAMES = {
    "copy": _("What to copy"),
    "check": _("Live checks"),
    "test": _("A test message"),
    "routing": _("Routing"),
    "done": _("Done"),
}
# Choosing and credentials come before these.
STEPS_BEFORE = 2
SHOWN_TEXT = 600


@require_safe
@for_admins
def resume(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Where it was left."""
    return redirect("settings_setup_step", channel_id, _setup(request, channel_id).step)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def step(request: HttpRequest, channel_id: int, step: str) -> HttpResponse:
    """One step's page. The routing step is the one that is sent in; with it the channel is done."""
    setup = _setup(request, channel_id)
    if step not in setting_up.STEPS or (request.method == "POST" and step != "routing"):
        raise Http404("No such step")
    if step == "done" and setup.finished_at is None:
        return redirect("settings_setup", channel_id)
    setting_up.reach(setup, step)
    channel, status = setup.channel, 200
    context: dict[str, Any] = _frame(setup, step)
    if step == "copy":
        context |= _to_copy(request, channel)
    elif step == "routing":
        answered = rollout.answers_on(channel)
        form = RoutingForm(channel, person(request), request.POST or None, is_answered=answered)
        if request.method == "POST" and form.is_valid():
            _route(request, setup, form)
            return redirect("settings_setup_step", channel.pk, "done")
        context["form"], status = form, 422 if form.errors else 200
    elif step == "check":
        context |= {"lines": setup.check_lines, "is_checked": setup.checked_at is not None}
    if step in ("test", "done"):
        context |= _arrival(request, setup)
    if step == "done":
        context |= {"is_answered": rollout.answers_on(channel)}
    return render(request, f"settings/channels/wizard/{step}.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def run_check(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask the provider, through the worker, and show each line as it comes; they stay for the last page."""
    setup = _setup(request, channel_id)
    if request.method != "POST" and not is_fragment(request):
        return redirect("settings_setup_step", channel_id, "check")
    asked = checking.asked(request, setup.channel_id)
    if asked is None:
        return HttpResponse(status=204)
    if asked.is_done:
        setting_up.keep_check(setup, list(asked.lines))
    if not is_fragment(request):
        return redirect("settings_setup_step", channel_id, "check")
    return render(request, "settings/channels/check.html", checking.shown(asked, request.path))


@never_cache
@require_safe
@for_admins
def waiting(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The panel that waits for the first message, and asks again by itself until it is there.

    204 while there is nothing new to say: nothing is drawn anew under the hands of whoever waits.
    """
    setup = _setup(request, channel_id)
    if not is_fragment(request):
        return redirect("settings_setup_step", channel_id, "test")
    context = {"channel": setup.channel, **_arrival(request, setup)}
    refused = context.get("refused")
    if context["message"] is None and request.GET.get("refused", "") == str(refused.pk if refused else ""):
        return HttpResponse(status=204)
    return render(request, "settings/channels/wizard/waiting.html", context)


def _setup(request: HttpRequest, channel_id: int) -> ChannelSetup:
    """The channel's; one that was connected before there were steps, or elsewhere, has none."""
    visible_ones = Channel.objects.visible_to(person(request))
    rows = ChannelSetup.objects.select_related("channel__desk", "channel__team").filter(channel__in=visible_ones)
    found: ChannelSetup = get_object_or_404(rows, channel=channel_id)
    return found


def _frame(setup: ChannelSetup, step: str) -> dict[str, Any]:
    """Where one is among the steps. Those that were reached can be gone back to."""
    reached = setting_up.STEPS.index(setup.step)
    here = setting_up.STEPS.index(step)
    steps = [
        {
            "name": name,
            "title": NAMES[name],
            "is_open": at <= reached,
            "is_past": at < here,
            "number": at + STEPS_BEFORE + 1,
        }
        for at, name in enumerate(setting_up.STEPS)
    ]
    return {
        "setup": setup,
        "channel": setup.channel,
        "step": step,
        "title": NAMES[step],
        "steps": steps,
        "number": here + STEPS_BEFORE + 1,
        "count": len(steps) + STEPS_BEFORE,
        "previous": setting_up.STEPS[here - 1] if here else "",
        "next": setting_up.STEPS[here + 1] if here + 1 < len(steps) else "",
    }


def _to_copy(request: HttpRequest, channel: Channel) -> dict[str, Any]:
    connection = Connection.objects.select_related("channel").filter(channel=channel, is_active=True).first()
    adapter = ADAPTERS.get(connection.provider) if connection else None
    specs = adapter.fields if adapter else ()
    made = shown_once.take(request, channel.pk)
    return {
        "doors": doors_of(connection, specs),
        "made": [(spec, made[spec.name]) for spec in specs if spec.name in made],
    }


def _arrival(request: HttpRequest, setup: ChannelSetup) -> dict[str, Any]:
    """The first message as it was understood, or what was refused instead."""
    message = setting_up.first_message(setup)
    if message is None:
        refused = setting_up.last_refused(setup)
        return {"message": None, "refused": refused, "why": visible(refused.reason) if refused else ""}
    may_see = Conversation.objects.visible_to(person(request)).filter(pk=message.conversation_id).exists()
    text = visible(message.text)
    return {
        "message": message,
        "sender": visible(message.identity.address_as_seen if message.identity else message.author_name),
        "subject": visible(message.subject),
        "text": text[:SHOWN_TEXT] + ("…" if len(text) > SHOWN_TEXT else ""),
        "file_count": message.attachments.count(),
        "conversation": message.conversation_id if may_see else None,
    }


def _route(request: HttpRequest, setup: ChannelSetup, form: RoutingForm) -> None:
    entered = form.cleaned_data
    with transaction.atomic():
        channel = connecting.reroute(
            setup.channel, desk=entered["desk"], team=entered["team"], language=entered["language"], by=person(request)
        )
        rollout.let_answer(channel, entered["is_answered"], by=person(request))
        setting_up.finish(setup)
