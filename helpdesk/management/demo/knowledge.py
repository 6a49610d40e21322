"""The shop's knowledge base, read from the Markdown files beside this module."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ai_tier1.knowledge import articles
from ai_tier1.knowledge.import_markdown import read_articles
from ai_tier1.models import Article, Rollout
from conversations.models import Channel
from helpdesk.accounts.models import User

DIRECTORY = Path(__file__).parent / "articles"
SEARCHABLE_SECONDS = 120.0


def load(author: User) -> int:
    """Save and publish the articles that are not there yet; how many. The worker with the model indexes them."""
    known = set(Article.objects.values_list("slug", flat=True))
    drafts = [draft for draft in read_articles(DIRECTORY) if draft.slug not in known]
    for draft in drafts:
        articles.publish(articles.save_article(draft, by=author), by=author)
    return len(drafts)


def let_it_answer(channels: Iterable[Channel]) -> None:
    """Let the tier-1 answer by itself on these channels, unless somebody has decided otherwise."""
    for channel in channels:
        Rollout.objects.get_or_create(channel=channel, defaults={"mode": Rollout.Mode.ALWAYS})


def wait_until_searchable(seconds: float = SEARCHABLE_SECONDS) -> bool:
    """Return once every article is indexed. False where that takes too long: without its worker it never comes."""
    deadline = time.monotonic() + seconds
    while Article.objects.awaiting_index().exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
