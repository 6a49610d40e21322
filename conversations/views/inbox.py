"""The agents' inbox: one page, its snapshot, and what it frames."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from channels_ingest import attachments, remote_images
from channels_ingest.html import clean_html, content_id
from conversations import snapshot
from conversations.files import download
from conversations.models import Attachment, Conversation, Message
from helpdesk.accounts.models import User
from helpdesk.ui.framing import framed_in_a_demo

LARGEST_HTML = 1_000_000
# A frame of a stranger's mail: nothing runs, nothing loads, nothing navigates.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


@require_safe
@framed_in_a_demo
@login_required
@ensure_csrf_cookie  # the page writes by the API, which asks for it
def inbox(request: HttpRequest, view: str = "", conversation_id: int | None = None) -> HttpResponse:
    """The page, with the state of its first paint inlined."""
    if view not in snapshot.VIEWS:
        return redirect("inbox_view", view="unassigned")
    state = snapshot.of_inbox(_person(request), view, conversation_id=conversation_id)
    return render(request, "inbox/inbox.html", {"snapshot": state})


@require_safe
@login_required
def state(request: HttpRequest) -> JsonResponse:
    """The same state for a page that is already open."""
    view = request.GET.get("view", "")
    if view not in snapshot.VIEWS:
        view = "unassigned"
    chosen = request.GET.get("conversation", "")
    conversation_id = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
    found = snapshot.of_inbox(
        _person(request), view, conversation_id=conversation_id, before=request.GET.get("before", "")
    )
    response = JsonResponse(found)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
def earlier(request: HttpRequest, conversation_id: int, message_id: int) -> JsonResponse:
    """What was said in a conversation before a message, for a thread that is too long for one piece."""
    conversation = get_object_or_404(Conversation.objects.visible_to(_person(request)), pk=conversation_id)
    response = JsonResponse({"objects": snapshot.earlier(conversation, message_id)})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
def message_html(request: HttpRequest, message_id: int) -> HttpResponse:
    """A mail's own html, cleaned once more, in a document of its own with a policy of its own.

    Its pictures come by short-lived links: the document is sandboxed, so no cookie goes with them. Those that lie
    elsewhere come through us, and only with ``?images=1``: a person asked for them.
    """
    visible = Conversation.objects.visible_to(_person(request))
    message = get_object_or_404(Message, pk=message_id, conversation__in=visible)
    pictures = {content_id(one.content_id): one for one in message.attachments.exclude(content_id="").exclude(file="")}

    def link(name: str) -> str | None:
        return attachments.signed_url(pictures[name]) if name in pictures else None

    is_asked_for = request.GET.get("images") == "1"
    remote = remote_images.link if is_asked_for else None
    html = clean_html(message.html, size_limit=LARGEST_HTML, cid_url=link, remote_url=remote)
    response = render(request, "inbox/mail.html", {"html": html})
    response["Content-Security-Policy"] = f"{MAIL_POLICY} {settings.PUBLIC_URL}"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
@login_required
def attachment(request: HttpRequest, attachment_id: int) -> FileResponse:
    """A file of a conversation the person may see, or one of her own that is not sent yet."""
    row = Attachment.objects.readable_by(_person(request)).filter(pk=attachment_id).exclude(file="").first()
    if row is None:
        raise Http404("No such file")
    return download(row)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
