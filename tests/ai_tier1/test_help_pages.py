import pytest
from django.test import Client

from ai_tier1.knowledge import articles
from ai_tier1.knowledge.drafts import ArticleDraft
from tests import build

pytestmark = pytest.mark.django_db


def article(**fields):
    draft = ArticleDraft(**{"title": "Returns", "body": "Send it **back** <script>alert(1)</script>", **fields})
    return articles.publish(articles.save_article(draft, by=None), by=None)


def test_a_published_article_is_shown_to_everybody_without_what_could_run():
    answer = Client().get("/help/returns/")
    assert answer.status_code == 404
    article()
    answer = Client().get("/help/returns/")
    assert answer.status_code == 200
    assert "<strong>back</strong>" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


def test_an_article_for_agents_is_nobody_elses():
    article(audience="agents")
    assert Client().get("/help/returns/").status_code == 404


def test_a_help_page_is_the_companys_own_and_a_missing_one_sends_nobody_to_the_inbox():
    build.desk()
    article()
    page = Client().get("/help/returns/").content.decode()
    assert "Fernhill" in page
    assert "Onethread" not in page
    missing = Client().get("/help/nothing/").content.decode()
    assert "inbox" not in missing.casefold()
