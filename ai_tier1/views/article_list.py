"""The list of articles: searched, narrowed, in pages by the moment of the last change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Count, Q, QuerySet

from ai_tier1.models import Article
from ai_tier1.models.knowledge import Status

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; empty fields narrow nothing."""

    status: str = ""
    words: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filter:
        """From a query string. What makes no sense there narrows nothing."""
        status = params.get("status", "")
        words = params.get("q", "").replace("\x00", "").strip()[:100]
        return cls(status if status in Status.values else "", words)

    @property
    def query(self) -> str:
        """The same as a query string."""
        return urlencode({name: value for name, value in {"status": self.status, "q": self.words}.items() if value})

    @property
    def words_query(self) -> str:
        """For the links that choose another status."""
        return urlencode({"q": self.words}) if self.words else ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles, and the cursor of the older ones."""

    rows: list[Article]
    older: str


def matching(words: str) -> QuerySet[Article]:
    """Articles that say the words in title, text or confirmed questions."""
    found = Article.objects.all()
    if words:
        found = found.filter(Q(title__icontains=words) | Q(body__icontains=words) | Q(phrasings__icontains=words))
    return found


def counts(words: str) -> dict[str, int]:
    """How many of them stand where, and "" for all."""
    rows = matching(words).order_by().values_list("status").annotate(n=Count("pk"))
    found = dict(rows)
    return {"": sum(found.values()), **{status: found.get(status, 0) for status in Status.values}}


def page_of(wanted: Filter, before: str) -> Page:
    """The page that begins below a cursor. A spoilt cursor starts anew."""
    rows = matching(wanted.words)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if before:
        rows = rows.filter(_older_than(before))
    found = list(rows.defer("body").order_by("-updated_at", "-pk")[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return Page(found, "")
    last = found[PAGE_SIZE - 1]
    return Page(found[:PAGE_SIZE], signing.dumps([last.updated_at.isoformat(), last.pk], compress=True))


def _older_than(cursor: str) -> Q:
    try:
        text, pk = signing.loads(cursor)
        moment = datetime.fromisoformat(text)
    except (signing.BadSignature, ValueError, TypeError):
        return Q()
    return Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=pk)
