"""An article as it once was, and bringing that back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ai_tier1.knowledge import articles
from ai_tier1.knowledge.differences import differences
from ai_tier1.knowledge.drafts import ArticleError
from ai_tier1.knowledge.shown import as_html
from ai_tier1.models import Revision
from helpdesk.accounts.doors import for_admins, person


@require_safe
@for_admins
def revision(request: HttpRequest, article_id: int, version: int) -> HttpResponse:
    """One earlier text, and what has changed since."""
    old = get_object_or_404(Revision.objects.select_related("article", "author"), article=article_id, version=version)
    article = old.article
    context = {
        "article": article,
        "revision": old,
        "html": as_html(old.body),
        "changes": differences(f"{old.title}\n\n{old.body}", f"{article.title}\n\n{article.body}"),
    }
    return render(request, "settings/knowledge/revision.html", context)


@require_POST
@for_admins
def restore(request: HttpRequest, article_id: int, version: int) -> HttpResponse:
    """The earlier text becomes the newest version; what stood there stays among the versions."""
    old = get_object_or_404(Revision.objects.select_related("article"), article=article_id, version=version)
    try:
        articles.restore(old.article, old.version, by=person(request))
    except ArticleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Version %(n)d is back, as a new version.") % {"n": old.version})
    return redirect("settings_article", article_id)
