"""A demo that says it is ready can be asked."""

from __future__ import annotations

import pytest

from ai_tier1.models import Article
from ai_tier1.models.knowledge import IndexState
from helpdesk.management.demo import knowledge
from tests import build

pytestmark = pytest.mark.django_db


def test_waiting_ends_when_all_is_indexed_or_nobody_does_it() -> None:
    knowledge.load(build.user("Grace"))
    assert not knowledge.wait_until_searchable(seconds=0.3)
    Article.objects.update(index_state=IndexState.INDEXED)
    assert knowledge.wait_until_searchable(seconds=0)
