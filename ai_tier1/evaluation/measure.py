"""How well the tier-1 finds and how often it is wrong, on questions asked of the demo articles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ai_tier1.confidence import confidence
from ai_tier1.policy import Action, PolicyFacts, decide
from ai_tier1.retrieval import search
from ai_tier1.what_came_in import read

QUESTIONS = Path(__file__).with_name("questions.json")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the articles that answer it; none: it must be handed over."""

    text: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: Question
    found: tuple[str, ...]
    confidence: float
    action: Action

    @property
    def is_right(self) -> bool:
        """Whether the best article is one that answers."""
        return bool(self.found) and self.found[0] in self.question.articles


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares, 0 to 1. ``wrong_answer_rate`` is of all questions; ``coverage`` of those that can be answered."""

    question_count: int
    unanswerable_count: int
    article_count: int
    hit_at_1: float
    hit_at_3: float
    answered_rate: float
    offered_rate: float
    wrong_answer_rate: float
    wrong_offer_rate: float
    coverage: float


def questions(path: Path = QUESTIONS) -> list[Question]:
    """The questions of a file of ``{question, article, also?}``."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Question(row["question"], tuple(_articles(row))) for row in rows]


def outcomes(asked: Sequence[Question], language: str = "en") -> Iterator[Outcome]:
    """Ask each; the knowledge must be indexed and the model loadable."""
    for question in asked:
        came_in = read(question.text, expected_language=language)
        found = search(question.text, language=language)
        sure = confidence(found.signals)
        decision = decide(
            PolicyFacts(
                kind=came_in.kind,
                language=came_in.language,
                knowledge_languages=frozenset({language}),
                anger=came_in.anger,
                own_case=came_in.own_case,
                confidence=sure,
                score_margin=found.signals.score_margin,
                has_passages=bool(found.passages),
            )
        )
        slugs = tuple(dict.fromkeys(passage.slug for passage in found.passages))
        yield Outcome(question, slugs, sure, decision.action)


def measure(results: Sequence[Outcome], article_count: int) -> Measured:
    """The figures over all outcomes."""
    answerable = [result for result in results if result.question.articles]
    answered = [result for result in results if result.action is Action.ANSWER]
    offered = [result for result in results if result.action is Action.OFFER]
    return Measured(
        question_count=len(results),
        unanswerable_count=len(results) - len(answerable),
        article_count=article_count,
        hit_at_1=_share(sum(result.is_right for result in answerable), len(answerable)),
        hit_at_3=_share(
            sum(bool(set(result.found[:3]) & set(result.question.articles)) for result in answerable), len(answerable)
        ),
        answered_rate=_share(len(answered), len(results)),
        offered_rate=_share(len(offered), len(results)),
        wrong_answer_rate=_share(sum(not result.is_right for result in answered), len(results)),
        wrong_offer_rate=_share(sum(not result.is_right for result in offered), len(results)),
        coverage=_share(sum(result.is_right for result in [*answered, *offered]), len(answerable)),
    )


def report(measured: Measured) -> str:
    """The figures as lines for a terminal."""
    return "\n".join(
        (
            f"{measured.question_count} questions ({measured.unanswerable_count} unanswerable), "
            f"{measured.article_count} articles",
            f"hit@1 {measured.hit_at_1:.3f}   hit@3 {measured.hit_at_3:.3f}",
            f"answered {measured.answered_rate:.1%}, offered {measured.offered_rate:.1%}",
            f"wrong answers {measured.wrong_answer_rate:.1%}, wrong offers {measured.wrong_offer_rate:.1%} of all",
            f"coverage {measured.coverage:.1%} of the answerable",
        )
    )


def _articles(row: dict[str, object]) -> Iterator[str]:
    if isinstance(row["article"], str):
        yield row["article"]
    also = row.get("also")
    if isinstance(also, list):
        yield from also


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
