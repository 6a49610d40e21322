"""What the company knows: articles, their history, and the passages that are searched."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from pgvector.django import HalfVectorField


class Audience(models.TextChoices):
    """Who may read an article. The tier-1 answers customers from public ones alone."""

    PUBLIC = "public"
    AGENTS = "agents"


class Status(models.TextChoices):
    """Only published articles are searched."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class IndexState(models.TextChoices):
    """Whether the passages are those of the article as it stands."""

    STALE = "stale"
    INDEXED = "indexed"
    FAILED = "failed"


class ArticleQuerySet(models.QuerySet["Article"]):
    """Reads of articles."""

    def published(self) -> ArticleQuerySet:
        """Articles that are in use."""
        return self.filter(status=Status.PUBLISHED)

    def awaiting_index(self) -> ArticleQuerySet:
        """Articles whose passages are older than their text."""
        return self.filter(index_state=IndexState.STALE)


class Article(models.Model):
    """One subject, written once for every channel, in Markdown. Written by ``knowledge.articles`` alone."""

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=12, default="en")
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.PUBLIC)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    body = models.TextField(blank=True)
    # Questions in customers' words that a person confirmed this article answers.
    phrasings = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    products = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    index_state = models.CharField(max_length=12, choices=IndexState.choices, default=IndexState.STALE)
    index_error = models.TextField(blank=True)
    indexed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "audience", "language"], name="article_scope"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="article_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title


class Revision(models.Model):
    """An article as it once was."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    phrasings = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-version",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "version"], name="one_revision_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class Passage(models.Model):
    """What is searched: a section of an article, its title, or one confirmed question."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    # A title or a phrasing: it finds the article, but is never quoted as an answer.
    is_question = models.BooleanField(default=False)
    heading = models.CharField(max_length=400, blank=True)
    anchor = models.CharField(max_length=200, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    text = models.TextField()
    language = models.CharField(max_length=12)
    embedded_text_hash = models.CharField(max_length=64)
    # No fixed dimension: vectors of an old and a new model may stand side by side, and every
    # search compares only those of one ``model_hash``.
    embedding = HalfVectorField()
    model = models.CharField(max_length=200)
    model_hash = models.CharField(max_length=64)
    search_vector = SearchVectorField()

    class Meta:
        ordering = ("article_id", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "position"], name="one_passage_per_position"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["search_vector"], name="passage_search_vector"),
            models.Index(fields=["model_hash"], name="passage_model_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}:{self.position} {self.heading}"
