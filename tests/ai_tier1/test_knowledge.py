"""Articles, their index and the search over it, on a real PostgreSQL with the real model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from ai_tier1 import embeddings, retrieval
from ai_tier1.evaluation.measure import measure, outcomes, questions, report
from ai_tier1.knowledge import articles, index
from ai_tier1.knowledge.drafts import ArticleDraft, ArticleError
from ai_tier1.knowledge.import_markdown import read_articles
from ai_tier1.models import Article, Audience, IndexState, Passage, Revision
from helpdesk.accounts.models import AuditEntry

pytestmark = [pytest.mark.xdist_group("model"), pytest.mark.timeout(300)]

DEMO = Path(__file__).resolve().parents[2] / "helpdesk" / "management" / "demo" / "articles"
TEA = ArticleDraft(
    title="Making tea",
    body="## Green tea\n\nSteep green tea for 2 minutes at 80 degrees.\n\n## Black tea\n\nSteep it for 4 minutes.\n",
    phrasings=("How long do I brew green tea?",),
)


def published(draft: ArticleDraft = TEA) -> Article:
    article = articles.publish(articles.save_article(draft, by=None), by=None)
    index.index_article(article.pk)
    article.refresh_from_db()
    return article


@pytest.mark.django_db
def test_a_saved_article_waits_for_its_index_and_keeps_its_history() -> None:
    article = articles.save_article(TEA, by=None)
    assert (article.slug, article.version, article.index_state) == ("making-tea", 1, IndexState.STALE)
    changed = ArticleDraft(title="Making tea", body="Boil water.\n")
    again = articles.save_article(changed, by=None, article=article)
    assert again.version == 2
    assert list(Revision.objects.values_list("version", "body")) == [(2, "Boil water.\n"), (1, TEA.body)]


@pytest.mark.django_db
def test_saving_the_same_again_makes_no_version() -> None:
    article = published()
    assert articles.save_article(TEA, by=None, article=article).version == 1
    article.refresh_from_db()
    assert article.index_state == IndexState.INDEXED


@pytest.mark.django_db
@pytest.mark.parametrize("draft", [ArticleDraft(title=" ", body="x"), ArticleDraft(title="x" * 201, body="x")])
def test_an_article_that_can_not_be_kept_is_refused_with_a_sentence(draft: ArticleDraft) -> None:
    with pytest.raises(ArticleError, match="title"):
        articles.save_article(draft, by=None)


@pytest.mark.django_db
def test_an_empty_article_is_not_published() -> None:
    article = articles.save_article(ArticleDraft(title="Empty", body=""), by=None)
    with pytest.raises(ArticleError):
        articles.publish(article, by=None)


@pytest.mark.django_db
def test_only_changed_texts_are_embedded_again() -> None:
    article = published()
    assert index.index_article(article.pk) == 0
    draft = ArticleDraft(title=TEA.title, body=TEA.body.replace("4 minutes", "5 minutes"), phrasings=TEA.phrasings)
    articles.save_article(draft, by=None, article=article)
    assert index.index_article(article.pk) == 1


@pytest.mark.django_db
def test_every_vector_knows_its_model() -> None:
    published()
    assert set(Passage.objects.values_list("model_hash", flat=True)) == {embeddings.PACKAGED_SHA256}


@pytest.mark.django_db
def test_title_and_phrasings_are_found_but_never_quoted() -> None:
    article = published()
    found = retrieval.search("How long do I brew green tea?", language="en")
    assert {passage.article_id for passage in found.passages} == {article.pk}
    assert [passage.heading for passage in found.passages] == ["Green tea", "Black tea"]
    assert found.signals.question_cosine > 0.99


@pytest.mark.django_db
@pytest.mark.parametrize(
    "draft",
    [
        ArticleDraft(title="Making tea", body=TEA.body, audience=Audience.AGENTS),
        ArticleDraft(title="Making tea", body=TEA.body, language="de"),
    ],
)
def test_other_audiences_and_languages_are_not_searched(draft: ArticleDraft) -> None:
    published(draft)
    assert retrieval.search("how to brew green tea", language="en").passages == ()


@pytest.mark.django_db
def test_an_archived_article_is_not_searched() -> None:
    articles.archive(published(), by=None)
    assert retrieval.search("how to brew green tea", language="en").passages == ()


@pytest.mark.django_db
def test_an_article_for_one_product_stays_with_it() -> None:
    published(ArticleDraft(title="Making tea", body=TEA.body, products=("kettle",)))
    assert retrieval.search("brew green tea", language="en", products=("kettle",)).passages
    assert not retrieval.search("brew green tea", language="en", products=("oven",)).passages


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["'; drop table x; --", "a\\b 'c' \\", "!!! & | :* <->", "\x00 tea", "日本語", "word " * 3000, "a:b" * 500]
)
def test_any_text_can_be_searched_for(text: str) -> None:
    published()
    assert retrieval.search(text, language="en").passages


@pytest.mark.django_db
def test_earlier_messages_give_the_subject_of_a_short_one() -> None:
    published()
    coffee = published(ArticleDraft(title="Making coffee", body="Brew coffee for 3 minutes in a French press.\n"))
    found = retrieval.search("and how many minutes?", language="en", earlier=["I would like to make coffee"])
    assert found.passages[0].article_id == coffee.pk


def test_weights_that_are_not_the_trusted_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(embeddings, "_packaged_directory", lambda: tmp_path)
    embeddings.identity.cache_clear()
    try:
        with pytest.raises(embeddings.EmbeddingError, match="not the trusted ones"):
            embeddings.identity()
    finally:
        embeddings.identity.cache_clear()


def test_importing_what_the_web_needs_leaves_torch_alone() -> None:
    program = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'helpdesk.settings'); django.setup();"
        "import ai_tier1.tasks, ai_tier1.retrieval, ai_tier1.knowledge.articles;"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.fixture(scope="module")
def demo_knowledge(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    with django_db_blocker.unblock():
        for draft in read_articles(DEMO):
            published(draft)
        yield Article.objects.filter(audience=Audience.PUBLIC).count()
        Article.objects.all().delete()
        AuditEntry.objects.all().delete()  # who published them


@pytest.mark.django_db
def test_questions_about_the_demo_shop_are_answered_rightly_or_handed_over(demo_knowledge: int) -> None:
    measured = measure(list(outcomes(questions())), demo_knowledge)
    assert measured.hit_at_1 >= 0.85, report(measured)
    assert measured.wrong_answer_rate <= 0.02, report(measured)
    assert measured.coverage >= 0.65, report(measured)
