"""The widget's loader script and its frame."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from channels_ingest import attachments
from channels_ingest.widget import embedding, rows, session
from conversations import opening_hours
from conversations.files import download
from conversations.models import Channel
from conversations.public import at
from customers.models import Identity

LOADER_SECONDS = 300


@require_safe
@gzip_page
def loader(request: HttpRequest, key: str) -> HttpResponse:
    """The script a site embeds, with the channel's settings inlined."""
    channel = _channel(key)
    script = render_to_string("widget/loader.js", {"settings": json.dumps(_settings(request, channel))})
    etag = '"' + hashlib.sha256(script.encode()).hexdigest()[:24] + '"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={LOADER_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@xframe_options_exempt
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The chat window itself, framed by the company's site."""
    channel = _channel(key)
    context = {"channel": channel, "settings": _settings(request, channel)}
    response = render(request, "widget/frame.html", context)
    # What csp.decorators.csp_replace sets, with a value that depends on the channel.
    setattr(response, "_csp_replace", {"frame-ancestors": embedding.ancestors(channel)})  # noqa: B010 - see above
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def session_file(request: HttpRequest, token: str) -> FileResponse:
    """A file in a chat window, by the link that its visitor was given, as long as he may see it."""
    attachment_id, session_id = attachments.read_for_session(token) or (0, 0)
    visitor = Identity.objects.filter(pk=session_id, kind=Identity.Kind.VISITOR).first()
    row = rows.file_of(visitor, attachment_id) if visitor else None
    if row is None:
        raise Http404("No such file")
    return download(row)


def _channel(key: str) -> Channel:
    channel = session.find_channel(key)
    if channel is None:
        raise Http404("No such chat channel")
    return channel


def _settings(request: HttpRequest, channel: Channel) -> dict[str, Any]:
    desk, look = channel.desk, channel.appearance
    hours = opening_hours.of_desk(desk)
    now = timezone.now()
    opens = opening_hours.next_opening(hours, now)
    return {
        "key": channel.key,
        "origin": f"{request.scheme}://{request.get_host()}",
        "name": channel.name,
        "brand": desk.brand or desk.name,
        "color": look.get("color", "#2f6f4f"),
        "position": look.get("position", "end"),
        "locale": channel.language,
        "greeting": look.get("greeting", ""),
        "is_open": opening_hours.is_open(hours, now),
        "opens_at": at(opens) if opens and opens > now else None,
        "expectation": look.get("expectation", ""),
        "disclosure": look.get("disclosure", ""),
        "starters": look.get("starters", []),
    }
