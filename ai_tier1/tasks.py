"""What runs in the one process that holds the model (queue ``ai``)."""

from __future__ import annotations

from celery import shared_task

from ai_tier1.knowledge import index


@shared_task(name="ai_tier1.index_article", queue="ai", acks_late=True, time_limit=300, ignore_result=True)
def index_article(article_id: int) -> None:
    """Bring one article's passages up to date."""
    index.index_article(article_id)


def enqueue_stale_articles(limit: int = 50) -> int:
    """Send the articles whose passages are out of date to be indexed; returns how many."""
    from ai_tier1.models.knowledge import Article

    waiting = list(Article.objects.awaiting_index().order_by("updated_at").values_list("pk", flat=True)[:limit])
    for article_id in waiting:
        index_article.delay(article_id)
    return len(waiting)
