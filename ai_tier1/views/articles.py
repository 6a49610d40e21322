"""Articles: found, read, written, and asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ai_tier1 import asking
from ai_tier1.knowledge import articles
from ai_tier1.knowledge.differences import differences
from ai_tier1.knowledge.drafts import ArticleChanged, ArticleError
from ai_tier1.knowledge.shown import as_html
from ai_tier1.models import Article, Revision
from ai_tier1.views import article_list as lists
from ai_tier1.views.article_form import STATUSES, ArticleForm, QuestionForm
from helpdesk.accounts.doors import for_admins, for_staff, is_fragment, person

LAST_REVISIONS = 20
MOST_PASSAGES = 8


@never_cache
@require_safe
@for_staff
def article_list(request: HttpRequest) -> HttpResponse:
    """Every article, with the box that asks them."""
    return render(request, "settings/knowledge/list.html", _list_page(request))


@require_POST
@for_staff
def ask(request: HttpRequest) -> HttpResponse:
    """What the assistant would answer a customer, and what it rests on. Nobody receives it."""
    form = QuestionForm(request.POST)
    asked: dict[str, Any] = {"question_form": form, "is_asked": True}
    if form.is_valid():
        question = {**form.cleaned_data, "history": [], "language": ""}
        try:
            asked["found"] = _best_first(asking.ask_worker(question))
        except asking.NobodyAnswers:
            asked["is_away"] = True
    if is_fragment(request):
        return render(request, "settings/knowledge/answer.html", asked)
    return render(request, "settings/knowledge/list.html", {**_list_page(request), **asked})


@require_POST
@for_staff
def preview(request: HttpRequest) -> HttpResponse:
    """The text as readers will see it."""
    html = as_html(request.POST.get("body", "")[: articles.LONGEST_BODY])
    return render(request, "settings/knowledge/preview.html", {"html": html})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def create(request: HttpRequest) -> HttpResponse:
    """A new article."""
    form = ArticleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (saved := _save(request, form, None)):
        return redirect("settings_article", saved.pk)
    return _editor(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def edit(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article: admins write it, everybody else reads it."""
    article = get_object_or_404(Article, pk=article_id)
    if not person(request).is_admin:
        if request.method == "POST":
            raise PermissionDenied
        context = {"article": article, "html": as_html(article.body)}
        return render(request, "settings/knowledge/read.html", context)
    form = ArticleForm(request.POST or None, article=article)
    if request.method == "POST" and form.is_valid():
        try:
            if _save(request, form, article):
                return redirect("settings_article", article.pk)
        except ArticleChanged:
            return _conflict(request, form, article)
    return _editor(request, form)


@never_cache
@require_safe
@for_staff
def index_state(request: HttpRequest, article_id: int) -> HttpResponse:
    """Whether searches find the article as it stands: a badge that asks again while they don't."""
    article = get_object_or_404(Article.objects.defer("body"), pk=article_id)
    return render(request, "settings/knowledge/index_state.html", {"article": article})


def _best_first(found: dict[str, Any]) -> dict[str, Any]:
    """With as many of the passages as somebody looks at."""
    ranked = sorted(found["passages"], key=lambda one: -float(one["score"]))
    return {**found, "passages": ranked[:MOST_PASSAGES]}


def _list_page(request: HttpRequest) -> dict[str, Any]:
    wanted = lists.Filter.of(request.GET.dict())
    counts = lists.counts(wanted.words)
    return {
        "filter": wanted,
        "listing": lists.page_of(wanted, request.GET.get("before", "")),
        "statuses": [{"value": value, "label": label, "count": counts[value]} for value, label in STATUSES],
        "all_count": counts[""],
        "question_form": QuestionForm(),
    }


def _save(request: HttpRequest, form: ArticleForm, article: Article | None) -> Article | None:
    """Text and status together, or neither. None where it was refused: the form says why."""
    try:
        with transaction.atomic():
            saved = articles.save_article(
                form.draft(), by=person(request), article=article, on_version=form.cleaned_data["version"]
            )
            saved = articles.set_status(saved, form.cleaned_data["status"], by=person(request))
    except ArticleChanged:
        raise
    except ArticleError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Saved."))
    return saved


def _conflict(request: HttpRequest, form: ArticleForm, article: Article) -> HttpResponse:
    """Somebody was faster. Everything written stays in the form; saving again puts it over theirs."""
    article.refresh_from_db()
    theirs = Revision.objects.filter(article=article).select_related("author").first()
    written = request.POST.copy()
    written["version"] = str(article.version)
    again = ArticleForm(written, article=article)
    mine = form.draft()
    context = {
        "theirs": theirs,
        "changes": differences(f"{article.title}\n\n{article.body}", f"{mine.title}\n\n{mine.body.strip()}\n"),
    }
    return _editor(request, again, status=409, **context)


def _editor(request: HttpRequest, form: ArticleForm, *, status: int = 0, **more: Any) -> HttpResponse:
    article = form.article
    text = form["body"].value() or ""
    context = {
        "form": form,
        "article": article,
        "html": as_html(str(text)[: articles.LONGEST_BODY]),
        "revisions": article.revisions.select_related("author").defer("body")[:LAST_REVISIONS] if article else [],
        **more,
    }
    return render(request, "settings/knowledge/editor.html", context, status=status or (422 if form.errors else 200))
