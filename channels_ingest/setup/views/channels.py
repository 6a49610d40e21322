"""Channels: what there is, how it fares, connecting and changing them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ai_tier1 import rollout
from channels_ingest import connecting, setting_up
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import Door
from channels_ingest.adapters.registry import ADAPTERS, adapter_for
from channels_ingest.models import Connection, InboundEvent
from channels_ingest.setup import checking, health, ledger_pages, sent_pages, shown_once
from channels_ingest.setup.channel_form import ChannelForm
from channels_ingest.setup.views import templates
from conversations import channel_kinds
from conversations.actions.channels import AddressTaken
from conversations.models import Channel
from helpdesk.accounts.doors import for_admins, is_fragment, person

LAST_EXCHANGES = 10


@require_safe
@for_admins
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel with its health."""
    rows = health.of(_channels(request).select_related("desk", "team").order_by("desk__name", "kind", "name"))
    drafts = setting_up.unfinished(person(request))
    return render(request, "settings/channels/list.html", {"rows": rows, "drafts": drafts})


@require_safe
@for_admins
def choose(request: HttpRequest) -> HttpResponse:
    """Step one: what to connect."""
    order = list(channel_kinds.KINDS)
    adapters = sorted(ADAPTERS.values(), key=lambda one: (order.index(one.channel_kind), one.label))
    # Plain values: a template would call a class.
    cards = [
        {"kind": one.channel_kind, "provider": one.provider, "label": one.label, "needs": _needs(one)}
        for one in adapters
    ]
    return render(request, "settings/channels/choose.html", {"cards": cards})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def create(request: HttpRequest, provider: str) -> HttpResponse:
    """Step two: the form that the adapter's fields make."""
    adapter = ADAPTERS.get(provider)
    if adapter is None:
        raise Http404("No such provider")
    form = ChannelForm(adapter, person(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                connected = connecting.connect(adapter, form.draft(), form.entered(), by=person(request))
                rollout.let_answer(connected.channel, form.cleaned_data["is_answered"], by=person(request))
        except AddressTaken as error:
            form.add_error(error.field, str(error))
        else:
            shown_once.keep(request, connected.channel.pk, connected.made)
            return redirect("settings_setup_step", connected.channel.pk, "copy")
    return _form_page(request, form, adapter)


@never_cache
@require_safe
@for_admins
def channel_page(request: HttpRequest, channel_id: int) -> HttpResponse:
    """One channel: what to copy, whether it works, what came in last."""
    channel = _channel(request, channel_id)
    return render(request, "settings/channels/channel.html", _page(request, channel))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def edit(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Change a channel. A secret left empty stays."""
    channel = _channel(request, channel_id)
    connection = _connection(channel)
    adapter = ADAPTERS.get(connection.provider)
    if adapter is None:
        raise Http404("No adapter of that name is built in")
    answered = rollout.answers_on(channel)
    form = ChannelForm(adapter, person(request), request.POST or None, connection=connection, is_answered=answered)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                connecting.reconnect(connection, adapter, form.draft(), form.entered(), by=person(request))
                rollout.let_answer(channel, form.cleaned_data["is_answered"], by=person(request))
        except AddressTaken as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Saved."))
            if channel.pk in setting_up.unfinished(person(request)):
                return redirect("settings_setup", channel.pk)
            return redirect("settings_channel", channel.pk)
    return _form_page(request, form, adapter)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def check(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask the provider, through the worker, and show each line as it comes."""
    channel = _channel(request, channel_id)
    if request.method != "POST" and not is_fragment(request):
        return redirect("settings_channel", channel.pk)
    asked = checking.asked(request, channel.pk)
    if asked is None:
        return HttpResponse(status=204)
    if is_fragment(request):
        return render(request, "settings/channels/check.html", checking.shown(asked, request.path))
    return render(
        request, "settings/channels/channel.html", {**_page(request, channel), **checking.shown(asked, request.path)}
    )


@require_POST
@for_admins
def switch(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Switch a channel on or off."""
    is_on = request.POST.get("is_on") == "true"
    channel = connecting.switch(_channel(request, channel_id), is_on=is_on, by=person(request))
    text = _("%(name)s is on.") if is_on else _("%(name)s is off: nothing leaves by it. What comes in is still kept.")
    messages.success(request, text % {"name": channel.name})
    return redirect("settings_channel", channel.pk)


@require_POST
@for_admins
def renew_secret(request: HttpRequest, channel_id: int, name: str) -> HttpResponse:
    """Make a new secret in the place of one that we made; the next page shows it, once."""
    channel = _channel(request, channel_id)
    connection = _connection(channel)
    adapter = ADAPTERS.get(connection.provider)
    spec = next((one for one in (adapter.fields if adapter else ()) if one.name == name and one.is_generated), None)
    if spec is None:
        raise Http404("No such secret")
    fresh = connecting.renew_secret(connection, spec, by=person(request))
    shown_once.keep(request, channel.pk, {spec.name: fresh})
    messages.warning(request, _("There is a new %(label)s; the old one no longer counts.") % {"label": spec.label})
    return redirect("settings_channel", channel.pk)


def _channels(request: HttpRequest) -> Any:
    return Channel.objects.visible_to(person(request))


def _channel(request: HttpRequest, channel_id: int) -> Channel:
    found: Channel = get_object_or_404(_channels(request).select_related("desk", "team"), pk=channel_id)
    return found


def _connection(channel: Channel) -> Connection:
    return get_object_or_404(Connection.objects.select_related("channel__desk"), channel=channel, is_active=True)


def _needs(adapter: type[ChannelAdapter]) -> str:
    """What to have at hand: the adapter's own words, or else what its form will ask for."""
    if adapter.beforehand:
        return adapter.beforehand
    wanted = [spec.label for spec in adapter.fields if spec.is_required and not spec.is_generated]
    return ", ".join(wanted) or _("Nothing.")


def _form_page(request: HttpRequest, form: ChannelForm, adapter: type[ChannelAdapter]) -> HttpResponse:
    connection = form.connection
    context = {
        "form": form,
        "adapter_label": adapter.label,
        "needs": _needs(adapter),
        "channel": connection.channel if connection else None,
    }
    return render(request, "settings/channels/form.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, channel: Channel) -> dict[str, Any]:
    row = health.of([channel])[0]
    adapter = ADAPTERS.get(row.connection.provider) if row.connection else None
    newest = InboundEvent.objects.filter(channel=channel).order_by("-pk")
    made = shown_once.take(request, channel.pk)
    specs = adapter.fields if adapter else ()
    came_at, unsent_at = sent_pages.oldest_waiting(channel)
    sent = sent_pages.page_of(channel, person(request), sent_pages.SentFilter(), size=LAST_EXCHANGES)
    return {
        "row": row,
        "channel": channel,
        "doors": doors_of(row.connection, specs),
        "made": [(spec, made[spec.name]) for spec in specs if spec.name in made],
        "renewable": [spec for spec in specs if spec.is_generated and spec.is_secret and spec.name not in made],
        "is_draft": channel.pk in setting_up.unfinished(person(request)),
        "exchanges": ledger_pages.rows_of(newest.defer("body", "headers", "query")[:LAST_EXCHANGES]),
        "is_editable": adapter is not None,
        "oldest_waiting": came_at,
        "oldest_unsent": unsent_at,
        "failures": sent_pages.failures(channel),
        "refusals": sent_pages.refusals(channel),
        "sent": sent.rows,
        "received_list": getattr(row.connection, "received_list", None),
        "templates": templates.page_of(channel),
    }


def doors_of(connection: Connection | None, specs: tuple[Any, ...]) -> list[Door]:
    """What the adapter gives to copy, and what we made for it that is no secret."""
    if connection is None:
        return []
    try:
        doors = list(adapter_for(connection).doors(settings.PUBLIC_URLS))
    except LookupError:
        return []
    values = {**connection.settings, **connection.credentials}
    for spec in specs:
        if spec.is_generated and not spec.is_secret and values.get(spec.name):
            doors.append(Door(spec.label, str(values[spec.name]), spec.help_text))
    return doors
