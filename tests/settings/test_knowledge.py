"""Writing articles: nothing anybody wrote is lost, and nothing a writer wrote can run."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ai_tier1 import asking
from ai_tier1.knowledge import articles
from ai_tier1.knowledge.differences import differences
from ai_tier1.knowledge.drafts import ArticleDraft
from ai_tier1.models import Article, Revision
from helpdesk.accounts.models import AuditEntry, User
from tests import build

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def grace() -> User:
    return build.user("Grace", User.Role.ADMIN)


@pytest.fixture
def page(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client


def form(**fields: str) -> dict[str, str]:
    return {
        "title": "How do I return something?",
        "body": "Send it **back** within 30 days.",
        "status": "draft",
        "audience": "public",
        "language": "en",
        "phrasings": "May I send it back?\n\nReturns?",
        "version": "",
        **fields,
    }


def written(page: Client, **fields: str) -> Article:
    page.post("/settings/knowledge/new/", form(**fields))
    return Article.objects.get()


def test_an_article_is_written_and_published(page: Client, grace: User) -> None:
    article = written(page, status="published", language="de", audience="agents")
    assert (article.title, article.status, article.language, article.audience) == (
        "How do I return something?", "published", "de", "agents",
    )  # fmt: skip
    assert article.phrasings == ["May I send it back?", "Returns?"]
    assert Revision.objects.get().author == grace
    assert AuditEntry.objects.get(action="article.published").subject == f"article:{article.pk}"


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "x" * 201}),
        ("body", {"body": " \n", "status": "published"}),
        ("body", {"body": "x" * 100_001}),
        ("language", {"language": "xx"}),
        ("status", {"status": "gone"}),
        ("__all__", {"phrasings": "x" * 301}),
    ],
)
def test_what_can_not_be_kept_comes_back_with_a_sentence_and_all_that_was_typed(
    page: Client, field: str, fields: dict[str, str]
) -> None:
    answer = page.post("/settings/knowledge/new/", form(**fields))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert fields.get("body", "Send it **back**")[:50] in answer.content.decode()
    assert not Article.objects.exists()


def test_a_refused_status_takes_the_text_back_too(page: Client) -> None:
    article = written(page)
    answer = page.post(f"/settings/knowledge/{article.pk}/", form(body=" ", status="published", version="1"))
    assert answer.status_code == 422
    article.refresh_from_db()
    assert (article.version, article.status) == (1, "draft")


def test_somebody_elses_save_is_told_and_nothing_is_lost(page: Client) -> None:
    article = written(page)
    ben = build.user("Ben", User.Role.ADMIN)
    articles.save_article(ArticleDraft(title=article.title, body="Theirs.\n"), by=ben, article=article)
    mine = form(body="Mine, long in the making.", version="1")
    answer = page.post(f"/settings/knowledge/{article.pk}/", mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Ben saved version 2 while you wrote" in text
    assert "Mine, long in the making." in text and "Theirs." in text
    article.refresh_from_db()
    assert article.body == "Theirs.\n"
    assert 'name="version" value="2"' in text
    page.post(f"/settings/knowledge/{article.pk}/", mine | {"version": "2"})
    article.refresh_from_db()
    assert article.body == "Mine, long in the making.\n"
    assert list(Revision.objects.values_list("version", "body"))[1] == (2, "Theirs.\n")


def test_saving_what_somebody_else_saved_already_is_no_conflict(page: Client) -> None:
    article = written(page)
    same = form(body="The same.")
    articles.save_article(
        ArticleDraft(same["title"], "The same.\n", phrasings=article.phrasings), by=None, article=article
    )
    assert page.post(f"/settings/knowledge/{article.pk}/", same | {"version": "1"}).status_code == 302


def test_an_earlier_version_is_compared_and_brought_back(page: Client) -> None:
    article = written(page)
    page.post(f"/settings/knowledge/{article.pk}/", form(body="Bring it back.", version="1"))
    text = page.get(f"/settings/knowledge/{article.pk}/revisions/1/").content.decode()
    assert '<del class="change">Send it **back** within 30 days.</del>' in text
    assert '<ins class="change">Bring it back.</ins>' in text
    page.post(f"/settings/knowledge/{article.pk}/revisions/1/restore/")
    article.refresh_from_db()
    assert (article.version, article.body) == (3, "Send it **back** within 30 days.\n")
    assert Revision.objects.count() == 3
    assert page.get(f"/settings/knowledge/{article.pk}/revisions/9/").status_code == 404


def test_the_preview_shows_markdown_and_lets_nothing_run(page: Client) -> None:
    body = f"## Title\n\n**bold** {EVIL} [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    text = page.post("/settings/knowledge/preview/", {"body": body}).content.decode()
    assert "<h2>Title</h2>" in text and "<strong>bold</strong>" in text
    assert "<script" not in text and 'href="javascript' not in text and "<img" not in text


def test_markup_in_titles_and_texts_stays_text(page: Client) -> None:
    article = written(page, title=f"A {EVIL}", body=f"</textarea>{EVIL}", phrasings=EVIL)
    page.post(f"/settings/knowledge/{article.pk}/", form(title=f"B {EVIL}", version="1"))
    paths = ["", f"{article.pk}/", f"{article.pk}/revisions/1/"]
    for path in paths:
        assert EVIL not in page.get(f"/settings/knowledge/{path}").content.decode()


def test_articles_are_found_by_their_words_and_status(page: Client) -> None:
    written(page)
    articles.publish(articles.save_article(ArticleDraft("Opening hours", "From nine. 100%\n"), by=None), by=None)

    def titles(query: str) -> list[str]:
        return [one.title for one in page.get(f"/settings/knowledge/?{query}").context["listing"].rows]

    assert titles("q=NINE") == ["Opening hours"]
    assert titles("q=may+i+send") == ["How do I return something?"]
    assert titles("status=draft") == ["How do I return something?"]
    assert titles("q=100%25") == ["Opening hours"]
    assert titles("q=nothing") == []
    assert len(titles("status=x&before=spoilt&q=%00")) == 2


def test_the_list_goes_on_where_it_ended_in_few_queries(
    page: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Article.objects.bulk_create(Article(slug=f"a{n}", title=f"Article {n}", body="x") for n in range(120))
    seen: list[int] = []
    before = ""
    while True:
        with django_assert_max_num_queries(12):
            found = page.get("/settings/knowledge/", {"before": before}).context["listing"]
        seen += [one.pk for one in found.rows]
        before = found.older
        if not before:
            break
    assert len(seen) == len(set(seen)) == 120


def test_the_editor_takes_few_queries_however_many_versions(
    page: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    article = written(page)
    for number in range(30):
        articles.save_article(ArticleDraft("T", f"{number}\n"), by=None, article=article)
    with django_assert_max_num_queries(12):
        page.get(f"/settings/knowledge/{article.pk}/")


def test_the_index_badge_asks_again_only_while_it_waits(page: Client) -> None:
    article = written(page)
    path = f"/settings/knowledge/{article.pk}/index/"
    assert "hx-trigger" in page.get(path).content.decode()
    Article.objects.update(index_state="failed", index_error=f"no model {EVIL}")
    text = page.get(path).content.decode()
    assert "hx-trigger" not in text and EVIL not in text and "no model" in text


def found(**fields: Any) -> dict[str, Any]:
    return {
        "decision": "answer",
        "reason_text": "One article says it.",
        "answer": f"30 days {EVIL}",
        "confidence": 0.91,
        "language": "en",
        "citations": [{"number": 1, "article": 1, "title": "Returns", "passage": "p", "url": "https://x"}],
        "passages": [
            {"article": 1, "title": "Returns", "heading": "", "text": EVIL, "dense": 0.5, "lexical": 0.1, "score": 0.8}
        ],
        "milliseconds": 21,
        **fields,
    }


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_a_question_is_answered_with_its_sources_and_scores(
    page: Client, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    asked: list[dict[str, Any]] = []

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        return found()

    monkeypatch.setattr(asking, "ask_worker", answer)
    form = {"question": "How long?", "channel_kind": "sms"}
    text = page.post("/settings/knowledge/ask/", form, headers=headers).content.decode()
    assert asked == [{"question": "How long?", "channel_kind": "sms", "history": [], "language": ""}]
    assert "30 days" in text and "Returns" in text and "0.80" in text and "0.91" in text
    assert EVIL not in text
    assert ("<html" in text) is (not headers)


def test_a_question_is_needed_and_an_absent_worker_is_told(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(question: dict[str, Any]) -> dict[str, Any]:
        raise asking.NobodyAnswers

    monkeypatch.setattr(asking, "ask_worker", nobody)
    ask = "/settings/knowledge/ask/"
    assert "Write a question first." in page.post(ask, {"channel_kind": "chat"}).content.decode()
    assert "valid choice" in page.post(ask, {"question": "x", "channel_kind": "smoke"}).content.decode()
    text = page.post(ask, {"question": "x", "channel_kind": "chat"}).content.decode()
    assert "does not answer right now" in text


def test_differences_show_what_changed_with_a_little_around_it() -> None:
    before = "\n".join(str(n) for n in range(20))
    after = before.replace("10", "ten")
    shown = [(line.kind, line.text) for line in differences(before, after)]
    assert shown == [
        ("gap", ""), ("same", "8"), ("same", "9"), ("removed", "10"), ("added", "ten"), ("same", "11"), ("same", "12"),
    ]  # fmt: skip
    assert differences(before, before) == []
    assert len(differences("a\n" * 2_000, "b\n" * 2_000)) == 4_000
