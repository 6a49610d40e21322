"""An article's passages, made anew from its text: chunked, embedded, and swapped in at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from ai_tier1 import embeddings
from ai_tier1.knowledge.chunk import chunk
from ai_tier1.knowledge.markdown_text import strip_invisible
from ai_tier1.languages import search_configuration
from ai_tier1.models.knowledge import Article, IndexState, Passage


@dataclass(frozen=True, slots=True)
class _Piece:
    """What becomes one passage."""

    text: str
    embedded_text: str
    heading: str = ""
    anchor: str = ""
    start: int = 0
    end: int = 0
    is_question: bool = False

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.embedded_text.encode()).hexdigest()


def index_article(article_id: int) -> int:
    """Bring an article's passages up to date; returns how many texts had to be embedded.

    Vectors of unchanged texts are kept. Searches see the old passages until the new ones replace
    them in one transaction; an article that changed meanwhile stays stale and is taken again.
    """
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        return 0
    pieces = _pieces(article)
    try:
        vectors, embedded_count = _vectors(article, pieces)
    except embeddings.EmbeddingError as error:
        Article.objects.filter(pk=article_id, version=article.version).update(
            index_state=IndexState.FAILED, index_error=str(error)
        )
        raise
    _swap(article, pieces, vectors)
    return embedded_count


def _pieces(article: Article) -> list[_Piece]:
    """The title and each phrasing as questions of their own, then the sections."""
    questions = [article.title, *article.phrasings]
    pieces = [_Piece(text=text, embedded_text=text, is_question=True) for text in map(strip_invisible, questions)]
    pieces += [
        _Piece(part.text, part.indexed_text, part.heading, part.anchor, part.start, part.end)
        for part in chunk(article.title, article.body)
    ]
    return pieces


def _vectors(article: Article, pieces: Sequence[_Piece]) -> tuple[dict[str, Sequence[float]], int]:
    """A vector by each piece's hash, and how many of them are new."""
    current = embeddings.identity()
    stored = article.passages.filter(model_hash=current.sha256).values_list("embedded_text_hash", "embedding")
    known: dict[str, Sequence[float]] = {
        # A list or a HalfVector, by whether this connection has met pgvector's types yet.
        digest: vector if isinstance(vector, list) else vector.to_list()
        for digest, vector in stored
    }
    fresh = {piece.hash: piece.embedded_text for piece in pieces if piece.hash not in known}
    known.update(zip(fresh, embeddings.embed(list(fresh.values())), strict=True))
    return known, len(fresh)


@transaction.atomic
def _swap(article: Article, pieces: Sequence[_Piece], vectors: dict[str, Sequence[float]]) -> None:
    locked = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if locked.version != article.version:
        return
    current = embeddings.identity()
    article.passages.all().delete()
    Passage.objects.bulk_create(
        Passage(
            article=article,
            position=position,
            is_question=piece.is_question,
            heading=piece.heading[:400],
            anchor=piece.anchor,
            start=piece.start,
            end=piece.end,
            text=piece.text,
            language=article.language,
            embedded_text_hash=piece.hash,
            embedding=vectors[piece.hash],
            model=current.name,
            model_hash=current.sha256,
            search_vector=_search_vector(article, piece),
        )
        for position, piece in enumerate(pieces)
    )
    locked.index_state = IndexState.INDEXED
    locked.index_error = ""
    locked.indexed_at = timezone.now()
    locked.save(update_fields=["index_state", "index_error", "indexed_at"])


def _search_vector(article: Article, piece: _Piece) -> SearchVector | CombinedExpression:
    """Title A, heading B, body D, in the article's language; a question weighs as a title does."""
    config = search_configuration(article.language)
    if piece.is_question:
        return SearchVector(Value(piece.text), weight="A", config=config)
    return (
        SearchVector(Value(article.title), weight="A", config=config)
        + SearchVector(Value(piece.heading), weight="B", config=config)
        + SearchVector(Value(piece.text), weight="D", config=config)
    )
