"""The public help pages: what an answer's source links to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from ai_tier1.knowledge.shown import as_html
from ai_tier1.models import Article, Audience
from conversations.models import Desk


@require_safe
@xframe_options_exempt
def help_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One published article for everybody."""
    article = get_object_or_404(Article.objects.published(), slug=slug, audience=Audience.PUBLIC)
    # Articles belong to the company, not to a desk: its first one says what customers know it by.
    brand = Desk.objects.order_by("pk").values_list("brand", flat=True).first() or ""
    return render(request, "help/article.html", {"article": article, "body": as_html(article.body), "brand": brand})
