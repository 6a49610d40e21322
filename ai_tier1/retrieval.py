"""The passages that may answer a question: dense and lexical search in PostgreSQL, fused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ai_tier1 import embeddings
from ai_tier1.languages import base_language
from ai_tier1.models.knowledge import Audience
from ai_tier1.passage_search import Hit, Run, Scope, search_passages

# Tuned over four public sets; the best weight for one company's knowledge differs a little.
DENSE_WEIGHT = 0.6
# Several turns: the last message counts most where it says something, all of them give the subject.
LAST_MESSAGE_WEIGHT = 0.7
# A long mail's first lines hold its question; the whole of a pasted log costs a second and adds nothing.
_LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """One section of an article with its scores: ``dense`` is a cosine, the others are 0 to 1 within the query."""

    article_id: int
    slug: str
    title: str
    passage_id: int
    heading: str
    anchor: str
    text: str
    dense: float
    lexical: float
    score: float
    article_score: float


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells whether the best article really answers; see ``confidence``."""

    top_cosine: float = 0.0
    question_cosine: float = 0.0
    cosine_margin: float = 0.0
    score_margin: float = 0.0
    do_legs_agree: bool = False
    lexical_cover: float = 0.0
    word_count: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Passages of the best articles, best article first and within it best passage first."""

    passages: tuple[ScoredPassage, ...] = ()
    signals: Signals = Signals()


def search(
    question: str,
    *,
    language: str,
    earlier: Sequence[str] = (),
    audiences: Sequence[str] = (Audience.PUBLIC,),
    products: Sequence[str] = (),
    dense_weight: float = DENSE_WEIGHT,
    article_count: int = 5,
    without_article: str = "",
) -> Found:
    """Search the published articles of ``audiences``; needs the model in this process.

    ``earlier`` are the customer's earlier messages of the same matter. The lexical leg runs in the
    question's ``language`` alone. ``without_article`` (a slug) hides one article, for evaluation.
    """
    scope = Scope(
        language=base_language(language),
        audiences=tuple(audiences),
        products=tuple(products),
        model_hash=embeddings.identity().sha256,
        without_article=without_article,
    )
    texts = [question[:_LONGEST_QUESTION]]
    if earlier:
        texts.append("\n".join([*earlier, question])[-_LONGEST_QUESTION:])
    vectors = embeddings.embed(texts)
    runs = [search_passages(text, vector, scope) for text, vector in zip(texts, vectors, strict=True)]
    weights = (LAST_MESSAGE_WEIGHT, 1 - LAST_MESSAGE_WEIGHT) if len(runs) > 1 else (1.0,)
    scores: dict[int, float] = {}
    hits: dict[int, Hit] = {}
    for run, weight in zip(runs, weights, strict=True):
        for hit, score in zip(run.hits, _fused(run, dense_weight), strict=True):
            scores[hit.passage_id] = scores.get(hit.passage_id, 0.0) + weight * score
            hits.setdefault(hit.passage_id, hit)
    if not hits:
        return Found()
    ranked = _ranked_articles(hits.values(), scores)
    return Found(
        passages=tuple(_passages(hits.values(), scores, ranked[:article_count])),
        signals=_signals(list(hits.values()), ranked, runs[0]),
    )


def _fused(run: Run, dense_weight: float) -> list[float]:
    """Both legs stretched to 0..1 within the query, then weighted.

    The lexical leg is measured against a passage that held every word, not only against the best
    one found: sharing one common word with the question must not weigh as much as sharing all.
    """
    if not run.hits:
        return []
    lowest, highest = min(hit.dense for hit in run.hits), max(hit.dense for hit in run.hits)
    spread = highest - lowest
    most = max(run.whole_lexical, *(hit.lexical for hit in run.hits))
    return [
        dense_weight * ((hit.dense - lowest) / spread if spread > 0 else 1.0)
        + (1 - dense_weight) * (hit.lexical / most if most > 0 else 0.0)
        for hit in run.hits
    ]


def _ranked_articles(hits: Iterable[Hit], scores: dict[int, float]) -> list[tuple[int, float]]:
    """Articles with the score of their best passage, best first; ties by id so that a repeat answers the same."""
    best: dict[int, float] = {}
    for hit in hits:
        best[hit.article_id] = max(best.get(hit.article_id, 0.0), scores[hit.passage_id])
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


def _passages(
    hits: Iterable[Hit], scores: dict[int, float], articles: Sequence[tuple[int, float]]
) -> Iterable[ScoredPassage]:
    sections = sorted((hit for hit in hits if not hit.is_question), key=lambda hit: -scores[hit.passage_id])
    for article_id, article_score in articles:
        for hit in sections:
            if hit.article_id == article_id:
                yield ScoredPassage(
                    article_id=hit.article_id,
                    slug=hit.slug,
                    title=hit.title,
                    passage_id=hit.passage_id,
                    heading=hit.heading,
                    anchor=hit.anchor,
                    text=hit.text,
                    dense=round(hit.dense, 4),
                    lexical=round(hit.lexical, 4),
                    score=round(scores[hit.passage_id], 4),
                    article_score=round(article_score, 4),
                )


def _signals(hits: Sequence[Hit], ranked: Sequence[tuple[int, float]], last_message: Run) -> Signals:
    top = ranked[0][0]
    dense: dict[int, float] = {}
    lexical: dict[int, float] = {}
    question_cosine = 0.0
    for hit in hits:
        dense[hit.article_id] = max(dense.get(hit.article_id, 0.0), hit.dense)
        lexical[hit.article_id] = max(lexical.get(hit.article_id, 0.0), hit.lexical)
        if hit.is_question and hit.article_id == top:
            question_cosine = max(question_cosine, hit.dense)
    others = [score for article, score in dense.items() if article != top]
    return Signals(
        top_cosine=dense[top],
        question_cosine=question_cosine,
        cosine_margin=dense[top] - max(others, default=0.0),
        score_margin=ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0),
        do_legs_agree=dense[top] == max(dense.values()) and lexical[top] == max(lexical.values()) > 0,
        lexical_cover=last_message.cover_of.get(top, 0.0),
        word_count=last_message.word_count,
    )
