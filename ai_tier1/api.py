"""``/api/v1/articles/`` and ``/api/v1/tier1/ask/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ai_tier1 import asking
from ai_tier1.knowledge import articles
from ai_tier1.models import Article
from ai_tier1.models.knowledge import Audience, Status
from conversations import channel_kinds
from conversations.api.base import Rows, words
from conversations.public import at
from helpdesk.accounts.permissions import IsAdminOrReads

MAX_HISTORY = 20


ARTICLE_FIELDS = ("title", "body", "language", "audience", "status", "phrasings", "products")


class ArticleFields(serializers.Serializer[Any]):
    """An article as the API takes it."""

    title = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=articles.LONGEST_BODY, allow_blank=True)
    language = serializers.CharField(max_length=12, default="en")
    audience = serializers.ChoiceField(choices=Audience.choices, default=Audience.PUBLIC)
    status = serializers.ChoiceField(choices=Status.choices, default=Status.DRAFT)
    phrasings = serializers.ListField(child=serializers.CharField(max_length=300), default=list, max_length=100)
    products = serializers.ListField(child=serializers.CharField(max_length=80), default=list, max_length=100)


class Question(serializers.Serializer[Any]):
    """A question to the tier-1, as if a customer had asked it."""

    question = serializers.CharField(max_length=8000)
    history = serializers.ListField(child=serializers.CharField(max_length=8000), default=list, max_length=MAX_HISTORY)
    channel_kind = serializers.ChoiceField(choices=channel_kinds.choices())
    language = serializers.CharField(max_length=12, default="", allow_blank=True)


class Busy(APIException):
    """The tier-1's worker did not answer in time."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "tier1_busy"
    default_detail = "The tier-1 does not answer right now; is its worker running?"


class ArticleViewSet(Rows):
    """Articles: everybody who works here reads them, admins write them."""

    serializer_class = ArticleFields
    permission_classes = (IsAdminOrReads,)

    def get_queryset(self) -> QuerySet[Article]:
        """``?status=`` and ``?q=`` (in titles) narrow."""
        found = Article.objects.all()
        if self.action == "list":
            wanted, said = self.request.query_params.get("status", ""), words(self.request.query_params, "q")
            if wanted and wanted not in Status.values:
                raise ValidationError({"status": [f"One of {', '.join(Status.values)}."]})
            found = found.filter(status=wanted) if wanted else found
            found = found.filter(title__icontains=said) if said else found
        return found

    def row(self, found: Article) -> dict[str, Any]:
        """One article."""
        return {
            "id": found.pk,
            "slug": found.slug,
            "title": found.title,
            "body": found.body,
            "language": found.language,
            "audience": found.audience,
            "status": found.status,
            "phrasings": found.phrasings,
            "products": found.products,
            "version": found.version,
            "index_state": found.index_state,
            "index_error": found.index_error,
            "updated_at": at(found.updated_at),
        }

    def create(self, request: Request) -> Response:
        """A new article."""
        fields = ArticleFields(data=request.data)
        fields.is_valid(raise_exception=True)
        return Response(self.row(self._save(dict(fields.validated_data), None)), status=status.HTTP_201_CREATED)

    def update(self, request: Request, **_: Any) -> Response:
        """A new version; fields left out stay."""
        article = self.get_object()
        fields = ArticleFields(data={**self._current(article), **request.data})
        fields.is_valid(raise_exception=True)
        return Response(self.row(self._save(dict(fields.validated_data), article)))

    partial_update = update

    def destroy(self, request: Request, **_: Any) -> Response:
        """Archive: the text and its history stay."""
        articles.archive(self.get_object(), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _save(self, fields: dict[str, Any], article: Article | None) -> Article:
        wanted = fields.pop("status")
        try:
            saved = articles.save_article(articles.ArticleDraft(**fields), by=self.person, article=article)
            return articles.set_status(saved, wanted, by=self.person)
        except articles.ArticleError as error:
            raise ValidationError({"body": [str(error)]}) from error

    def _current(self, article: Article) -> dict[str, Any]:
        return {name: getattr(article, name) for name in ARTICLE_FIELDS}


class AskView(APIView):
    """Ask the tier-1 without anybody receiving the answer: the same Turn, with its trace."""

    @extend_schema(request=Question, responses={200: dict})
    def post(self, request: Request) -> Response:
        """The model lives in the worker; the answer comes back over Redis."""
        wish = Question(data=request.data)
        wish.is_valid(raise_exception=True)
        try:
            return Response(asking.ask_worker(dict(wish.validated_data)))
        except asking.NobodyAnswers as error:
            raise Busy from error
