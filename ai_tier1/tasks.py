"""What runs in the one process that holds the model (queue ``ai``)."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task

from ai_tier1 import asking, turn_queue, turn_run
from ai_tier1.knowledge import index
from ai_tier1.models import Article
from helpdesk import lanes

logger = logging.getLogger(__name__)

ANSWER_LASTS_SECONDS = 60


@shared_task(name="ai_tier1.index_article")
def index_article(article_id: int) -> None:
    """Bring one article's passages up to date."""
    index.index_article(article_id)


@shared_task(name="ai_tier1.run_turn")
def run_turn(turn_id: int) -> None:
    """One Turn, if it is due."""
    turn_run.run(turn_id)


@shared_task(name="ai_tier1.ask", ignore_result=False, acks_late=False)
def ask(question: dict[str, Any]) -> dict[str, Any]:
    """A question from the API or the playground; the answer is kept in Redis for its caller."""
    return asking.ask(question)


@shared_task(name="ai_tier1.sweep")
def sweep() -> None:
    """Run what a lost wake-up left behind, and index what is stale."""
    for turn_id in turn_queue.due():
        turn_run.run(turn_id)
    enqueue_stale_articles()


def enqueue_turn(turn_id: int, *, channel_id: int, after_seconds: float) -> None:
    """Wake the tier-1's worker. A broker that is away is no error: the sweeper finds the Turn."""
    try:
        run_turn.apply_async((turn_id,), countdown=after_seconds, queue=lanes.lane("turns", channel_id))
    except Exception as error:  # noqa: BLE001 - whatever the broker raises
        logger.warning("Turn %s not enqueued: %s", turn_id, error)


def enqueue_stale_articles(limit: int = 50) -> int:
    """Send the articles whose passages are out of date to be indexed; returns how many."""
    waiting = list(Article.objects.awaiting_index().order_by("updated_at").values_list("pk", flat=True)[:limit])
    for article_id in waiting:
        index_article.apply_async((article_id,), expires=ANSWER_LASTS_SECONDS)
    return len(waiting)
