"""The doors for what providers post. Everything is stored before it is answered."""

from __future__ import annotations

import logging
import time

from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from channels_ingest import attachments, ledger, processing, remote_images, service_doors, tasks
from channels_ingest.adapters.failures import AdapterError, Transient
from channels_ingest.adapters.incoming import Answer, CallTurnRef, RawRequest
from channels_ingest.reconciling import standing
from channels_ingest.voice import talking
from conversations.files import download
from conversations.models import Attachment

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 26 * 1024 * 1024
# A database that restarts is back within seconds: better to wait than to refuse.
PATIENCE_SECONDS = 6.0
PAUSE_SECONDS = 0.25
TAKEN_ELSEWHERE_SECONDS = 3.0
# The channels this process has heard of since it began, or since it last had to refuse: at the first word after an
# outage the provider is asked what else there was.
_heard: set[int] = set()


@csrf_exempt
async def webhook(request: HttpRequest, channel_id: int, service: str = "") -> HttpResponse:
    """Messages, calls and callbacks of one channel.

    403 where the request does not prove its origin, 413 where it is too large, 503 while the database
    is away; else what the provider expects, once the request is safely stored. A caller waits for words: her
    answer is the one thing that may take seconds, and it holds neither a thread nor a database connection.
    A mail ``service`` asks with HEAD whether there is a door; there is, for every channel or none.
    """
    if service and request.method == "HEAD":
        return HttpResponse()
    answered = await sync_to_async(_at_the_door)(request, channel_id)
    if isinstance(answered, HttpResponse):
        return answered
    return HttpResponse(await talking.answer(channel_id, answered), content_type="text/xml")


def _at_the_door(request: HttpRequest, channel_id: int) -> HttpResponse | CallTurnRef:
    """Store a request, and answer it unless it is the turn of a call."""
    body = request.read(MAX_BODY_BYTES + 1)
    is_huge = len(body) > MAX_BODY_BYTES
    raw = raw_request(request, body[:MAX_BODY_BYTES])
    try:
        accepted = _patiently(channel_id, raw, is_cut=is_huge)
    except (OperationalError, InterfaceError):
        logger.exception("A webhook to channel %s met no database", channel_id)
        _heard.clear()
        if _is_call(raw):
            # Twilio asks once: a caller who hears an error has lost us.
            return HttpResponse(talking.trouble(channel_id), content_type="text/xml")
        return _plain(503, "Try again.", retry_after=5)
    if accepted is None:
        raise Http404("No such channel")
    if is_huge:
        return _plain(413, "Too large.")
    if not accepted.is_verified or accepted.adapter is None:
        return _plain(403, "The request does not prove where it comes from.")
    if channel_id not in _heard and accepted.adapter.lists_received:
        _look_for_missed(channel_id)
    live_turn = accepted.adapter.live_turn(raw)
    if live_turn is not None:
        return _take_turn(accepted, live_turn)
    if accepted.event.state == "received":
        tasks.process_soon(accepted.event)
    return _as_response(accepted.adapter.answer(raw))


def _look_for_missed(channel_id: int) -> None:
    """Ask the provider soon what else there was. The message at hand is stored, whatever becomes of this."""
    try:
        standing.wake(channel_id)
    except DatabaseError:
        logger.exception("Channel %s was not marked to be looked at", channel_id)
    else:
        _heard.add(channel_id)


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
async def webhook_by_secret(request: HttpRequest, service: str) -> HttpResponse:
    """The same for a mail service's address that names no channel: the secret in it does."""
    if request.method == "HEAD":
        return HttpResponse()
    try:
        shown = request.headers.get("authorization", "")
        channel_id = await sync_to_async(service_doors.channel_for)(service, shown)
    except (OperationalError, InterfaceError):
        logger.exception("A webhook of %s met no database", service)
        return _plain(503, "Try again.", retry_after=5)
    if channel_id is None:
        return _plain(403, "The request does not prove where it comes from.")
    return await webhook(request, channel_id, service)


def _take_turn(accepted: ledger.Accepted, turn: CallTurnRef) -> HttpResponse | CallTurnRef:
    """Take in what a caller said before she is answered. What can't be read is kept, and she gets to people."""
    deadline = time.monotonic() + TAKEN_ELSEWHERE_SECONDS
    while accepted.event.state == "received" and not accepted.event.error and time.monotonic() < deadline:
        if processing.process(accepted.event.pk, at_once=True) is None:
            time.sleep(PAUSE_SECONDS / 5)  # the same request has come in twice, and the other one has it
        accepted.event.refresh_from_db(fields=["state", "error"])
    if accepted.event.state not in ("processed", "ignored", "duplicate"):
        return HttpResponse(talking.trouble(accepted.event.channel_id), content_type="text/xml")
    return turn


def _is_call(raw: RawRequest) -> bool:
    """Whether somebody is on the line, told without a database."""
    is_status = raw.path.endswith("/status/")
    return raw.method == "POST" and b"CallSid=" in raw.body and b"MessageSid=" not in raw.body and not is_status


@require_safe
def attachment_link(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """A file, for whoever holds its short-lived link."""
    row = Attachment.objects.filter(pk=attachments.read(token) or 0).exclude(file="").exclude(message=None).first()
    if row is None:
        raise Http404("No such file")
    response = download(row)
    # A mail's sandboxed page has no origin of its own: it would be shown none of its pictures.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def provider_file(request: HttpRequest, token: str, name: str) -> FileResponse:
    """A file that we send, for the provider that carries it. The name only stands in the address."""
    row = attachments.read_for_provider(token)
    if row is None:
        raise Http404("No such file")
    return download(row, is_for_provider=True)


@require_safe
def remote_image(request: HttpRequest, token: str) -> HttpResponse:
    """A picture from elsewhere, for whoever holds its short-lived link. What is no picture is not handed on."""
    url = remote_images.read(token)
    if url is None:
        raise Http404("No such picture")
    try:
        picture = remote_images.fetch(url)
    except AdapterError as error:
        return _plain(503 if isinstance(error, Transient) else 404, error.text)
    response = HttpResponse(picture.content, content_type=picture.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def raw_request(request: HttpRequest, body: bytes) -> RawRequest:
    """The request as adapters see it. The URL's own spelling is kept: signatures are over it."""
    return RawRequest(
        method=request.method or "GET",
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        received_at=timezone.now(),
    )


def _patiently(channel_id: int, raw: RawRequest, *, is_cut: bool) -> ledger.Accepted | None:
    deadline: float | None = None
    while True:
        try:
            return ledger.accept_at(channel_id, raw, is_cut=is_cut)
        except (OperationalError, InterfaceError):
            close_old_connections()
            # From the first failure on: what was cut while it was committed may have waited long itself.
            deadline = deadline or time.monotonic() + PATIENCE_SECONDS
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)


def _as_response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


def _plain(status: int, text: str, *, retry_after: int = 0) -> HttpResponse:
    response = JsonResponse({"detail": text}, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
