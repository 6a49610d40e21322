"""Who may open which page of the settings."""

from __future__ import annotations

import pytest
from django.test import Client

from ai_tier1.knowledge import articles
from ai_tier1.knowledge.drafts import ArticleDraft
from ai_tier1.models import Article
from channels_ingest.models import InboundEvent
from conversations.models import Channel
from helpdesk.accounts.models import AuditEntry, User
from tests import build
from tests.channels_ingest.signing import mail_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, int]:
    """Something to look at: a channel, a stored request, an article with two versions."""
    channel = build.channel("email")
    mail_post(channel, b"no mail at all", content_type="text/plain")
    draft = ArticleDraft(title="Returns", body="Send it back.\n")
    article = articles.save_article(draft, by=None)
    articles.save_article(ArticleDraft(title="Returns", body="Bring it back.\n"), by=None, article=article)
    return {"channel": channel.pk, "event": InboundEvent.objects.get().pk, "article": article.pk}


ADMIN_PAGES = [
    "/settings/channels/",
    "/settings/channels/new/",
    "/settings/channels/new/twilio_sms/",
    "/settings/channels/{channel}/",
    "/settings/channels/{channel}/edit/",
    "/settings/ledger/",
    "/settings/ledger/{event}/",
    "/settings/ledger/{event}/original/",
    "/settings/knowledge/new/",
    "/settings/knowledge/{article}/revisions/1/",
]
STAFF_PAGES = ["/settings/knowledge/", "/settings/knowledge/{article}/", "/settings/knowledge/{article}/index/"]
ADMIN_POSTS = [
    "/settings/channels/new/twilio_sms/",
    "/settings/channels/{channel}/edit/",
    "/settings/channels/{channel}/switch/",
    "/settings/channels/{channel}/check/",
    "/settings/channels/{channel}/secrets/inbound_secret/",
    "/settings/ledger/replay/",
    "/settings/ledger/{event}/replay/",
    "/settings/ledger/{event}/read/",
    "/settings/knowledge/new/",
    "/settings/knowledge/{article}/",
    "/settings/knowledge/{article}/revisions/1/restore/",
]


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(build.user("Grace" if role == User.Role.ADMIN else "Ada", role))
    return client


@pytest.mark.parametrize("page", [*ADMIN_PAGES, *STAFF_PAGES])
def test_a_stranger_is_sent_to_the_log_in_and_back(places: dict[str, int], page: str) -> None:
    path = page.format(**places)
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_an_admins_page_is_closed_to_an_agent_in_our_look(places: dict[str, int], page: str) -> None:
    answer = client_of(User.Role.AGENT).get(page.format(**places))
    assert answer.status_code == 403
    assert "ask an admin" in answer.content.decode()


@pytest.mark.parametrize("page", ADMIN_POSTS)
def test_an_agent_and_a_stranger_change_nothing(places: dict[str, int], page: str) -> None:
    before = list(Channel.objects.values()) + list(Article.objects.values()) + list(InboundEvent.objects.values())
    path = page.format(**places)
    assert Client().post(path).status_code == 302
    assert client_of(User.Role.AGENT).post(path).status_code == 403
    after = list(Channel.objects.values()) + list(Article.objects.values()) + list(InboundEvent.objects.values())
    assert before == after
    assert not AuditEntry.objects.exclude(action="user.logged_in").exists()


@pytest.mark.parametrize("page", [*ADMIN_PAGES, *STAFF_PAGES])
def test_an_admin_opens_every_page(places: dict[str, int], page: str) -> None:
    answer = client_of(User.Role.ADMIN).get(page.format(**places))
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "unsafe-eval" not in policy and "unsafe-inline" not in policy


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_an_agent_reads_the_knowledge(places: dict[str, int], page: str) -> None:
    answer = client_of(User.Role.AGENT).get(page.format(**places))
    assert answer.status_code == 200
    assert "Write an article" not in answer.content.decode()


def test_an_agent_reads_an_article_without_a_form(places: dict[str, int]) -> None:
    html = client_of(User.Role.AGENT).get(f"/settings/knowledge/{places['article']}/").content.decode()
    assert "Bring it back." in html
    assert "<textarea" not in html


@pytest.mark.parametrize(("role", "section"), [(User.Role.ADMIN, "channels"), (User.Role.AGENT, "knowledge")])
def test_settings_begin_with_the_first_section_that_is_open(role: str, section: str) -> None:
    assert client_of(role).get("/settings/")["Location"] == f"/settings/{section}/"


@pytest.mark.parametrize("page", ["/settings/channels/999/", "/settings/ledger/999/", "/settings/knowledge/999/"])
def test_what_is_not_there_is_not_found(page: str) -> None:
    assert client_of(User.Role.ADMIN).get(page).status_code == 404


def test_a_fragment_for_somebody_logged_out_reloads_the_page(places: dict[str, int]) -> None:
    answer = Client().get(f"/settings/ledger/{places['event']}/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (401, "true")


def test_a_post_without_its_token_is_refused(places: dict[str, int]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(build.user("Grace", User.Role.ADMIN))
    assert client.post(f"/settings/ledger/{places['event']}/replay/").status_code == 403
    assert InboundEvent.objects.get().attempt_count == 0


@pytest.mark.parametrize("page", [*ADMIN_PAGES, *STAFF_PAGES])
def test_every_page_keeps_the_persons_theme_and_language(places: dict[str, int], page: str) -> None:
    client = client_of(User.Role.ADMIN)
    User.objects.update(theme=User.Theme.DARK)
    answer = client.get(page.format(**places))
    if answer["Content-Type"].startswith("text/html") and b"<html" in answer.content:
        assert b'<html lang="en" dir="ltr" data-theme="dark">' in answer.content
