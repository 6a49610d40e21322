"""The statements of retrieval: exact vector search and OR-BM25 over the same filtered passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from django.db import connection, transaction

from ai_tier1.languages import search_configuration

# A pasted log has thousands of words: the rarest say what it is about.
_MOST_TERMS = 32
_MOST_LEXEMES = 200
_CANDIDATES = 100
_TIMEOUT_MILLISECONDS = 3000

_SCOPE = """
    SELECT p.id, p.article_id, p.is_question, p.search_vector, p.embedding
    FROM ai_tier1_passage p JOIN ai_tier1_article a ON a.id = p.article_id
    WHERE a.status = 'published' AND a.audience = ANY(%(audiences)s) AND p.language = %(language)s
      AND p.model_hash = %(model_hash)s AND a.slug <> %(without_article)s
      AND (cardinality(%(products)s::text[]) = 0 OR cardinality(a.products) = 0
           OR a.products::text[] && %(products)s::text[])
"""

# How many passages hold each lexeme of the question, and how many there are. A word is looked up
# by the index, so that a rare one costs nothing.
# Only constants of this module are put into the statements; what strangers wrote are parameters.
_FREQUENCIES = rf"""
    WITH scope AS MATERIALIZED ({_SCOPE}),
    question AS (
        SELECT u.lexeme FROM unnest(to_tsvector(%(config)s::regconfig, %(text)s)) u LIMIT {_MOST_LEXEMES}
    )
    SELECT q.lexeme,
           (SELECT count(*) FROM scope s WHERE s.search_vector @@
               ('''' || replace(replace(q.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery),
           (SELECT count(*) FROM scope)
    FROM question q
"""  # noqa: S608

# BM25 (k1 1.2, b 0.4). A title and a heading count little more than the text, since every passage
# repeats its article's title; and titles and phrasings are short by nature, so length is held
# against a passage less than usual.
_SEARCH = f"""
    WITH scope AS MATERIALIZED ({_SCOPE}),
    terms AS (SELECT * FROM unnest(%(lexemes)s::text[], %(weights)s::float8[]) AS t(lexeme, weight)),
    size AS (SELECT greatest(avg(length(search_vector)), 1) AS average FROM scope),
    matching AS (
        SELECT s.id, s.search_vector, length(s.search_vector) AS words
        FROM scope s WHERE cardinality(%(lexemes)s::text[]) > 0 AND s.search_vector @@ %(query)s::tsquery
    ),
    counted AS (
        SELECT m.id, m.words, t.weight,
               (SELECT sum(CASE w WHEN 'A' THEN 1.5 WHEN 'B' THEN 1.2 ELSE 1 END) FROM unnest(u.weights) w) AS count
        FROM matching m, LATERAL unnest(m.search_vector) u JOIN terms t ON t.lexeme = u.lexeme
    ),
    lexical AS (
        SELECT c.id, sum(c.weight * c.count * 2.2 / (c.count + 1.2 * (0.6 + 0.4 * c.words / size.average))) AS score
        FROM counted c, size GROUP BY c.id ORDER BY 2 DESC, 1 LIMIT {_CANDIDATES}
    ),
    dense AS (
        SELECT s.id FROM scope s ORDER BY s.embedding <=> %(vector)s::halfvec, s.id LIMIT {_CANDIDATES}
    ),
    candidates AS (SELECT id FROM dense UNION SELECT id FROM lexical)
    SELECT p.id, p.article_id, a.slug, a.title, p.heading, p.anchor, p.text, p.is_question,
           1 - (p.embedding <=> %(vector)s::halfvec), coalesce(l.score, 0)
    FROM candidates c
    JOIN ai_tier1_passage p ON p.id = c.id
    JOIN ai_tier1_article a ON a.id = p.article_id
    LEFT JOIN lexical l ON l.id = c.id
    ORDER BY p.id
"""  # noqa: S608

_ARTICLE_LEXEMES = """
    SELECT p.article_id, array_agg(DISTINCT u.lexeme)
    FROM ai_tier1_passage p, LATERAL unnest(p.search_vector) u
    WHERE p.article_id = ANY(%(articles)s) AND u.lexeme = ANY(%(lexemes)s)
    GROUP BY p.article_id
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be searched at all; decided before any ranking."""

    language: str
    audiences: tuple[str, ...]
    products: tuple[str, ...]
    model_hash: str
    without_article: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage as found: ``dense`` a cosine, ``lexical`` BM25."""

    passage_id: int
    article_id: int
    slug: str
    title: str
    heading: str
    anchor: str
    text: str
    is_question: bool
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one text found.

    ``cover_of``: for each article the share, by rarity, of the question's words that it holds.
    ``whole_lexical``: what a passage would score that holds every word of the question.
    """

    hits: list[Hit]
    cover_of: dict[int, float]
    whole_lexical: float
    word_count: int


def search_passages(text: str, vector: Sequence[float], scope: Scope) -> Run:
    """The best passages by either leg, each with both scores. Gives up after three seconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {_TIMEOUT_MILLISECONDS}")
        parameters: dict[str, Any] = {
            "language": scope.language,
            "audiences": list(scope.audiences),
            "products": list(scope.products),
            "model_hash": scope.model_hash,
            "without_article": scope.without_article,
            "config": search_configuration(scope.language),
            "text": text.replace("\x00", " "),
        }
        cursor.execute(_FREQUENCIES, parameters)
        counts = cursor.fetchall()
        rarity = {lexeme: _rarity(count, total) for lexeme, count, total in counts}
        known = {lexeme: rarity[lexeme] for lexeme, count, _ in counts if count}
        terms = sorted(known, key=lambda lexeme: (-known[lexeme], lexeme))[:_MOST_TERMS]
        parameters |= {
            "lexemes": terms,
            "weights": [known[term] for term in terms],
            "query": " | ".join(_quoted(term) for term in terms),
            "vector": "[" + ",".join(f"{number:.6f}" for number in vector) + "]",
        }
        cursor.execute(_SEARCH, parameters)
        hits = [Hit(*row) for row in cursor.fetchall()]
        articles = list({hit.article_id for hit in hits})
        cursor.execute(_ARTICLE_LEXEMES, {"articles": articles, "lexemes": list(known)})
        held = {article: set(lexemes) for article, lexemes in cursor.fetchall()}
    whole = sum(rarity.values())
    return Run(
        hits=hits,
        cover_of={
            article: sum(known[lexeme] for lexeme in held.get(article, ())) / whole if whole else 0.0
            for article in articles
        },
        whole_lexical=whole,
        word_count=len(rarity),
    )


def _rarity(passages_with_it: int, passages: int) -> float:
    """BM25's weight of a word; one that no passage holds weighs most."""
    return log(1 + (passages - passages_with_it + 0.5) / (passages_with_it + 0.5))


def _quoted(lexeme: str) -> str:
    """A lexeme as a tsquery literal; it came from strangers' text by way of to_tsvector."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
