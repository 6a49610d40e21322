"""Logging in, and what a person sets for herself."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from helpdesk.accounts.models import User
from tests import build

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def ada() -> User:
    return build.user("Ada", password=PASSWORD)


def log_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def test_an_agent_logs_in_by_address_and_gets_to_the_inbox(ada: User) -> None:
    client = Client()
    assert client.get("/inbox/unassigned/").status_code == 302
    assert log_in(client, "ADA@onethread.example") == 302
    assert client.get("/inbox/unassigned/").status_code == 200


@pytest.mark.parametrize("spoilt", ["password", "gone", "unknown"])
def test_whoever_may_not_come_in_hears_the_same(ada: User, spoilt: str) -> None:
    if spoilt == "gone":
        User.objects.update(is_active=False)
    client = Client()
    email = "nobody@onethread.example" if spoilt == "unknown" else ada.email
    log_in(client, email, "wrong" if spoilt == "password" else PASSWORD)
    assert settings.SESSION_COOKIE_NAME not in client.cookies or not client.session.get("_auth_user_id")
    assert client.get("/inbox/unassigned/").status_code == 302


def test_nobody_signs_up(ada: User) -> None:
    Client().post("/accounts/signup/", {"email": "m@evil.example", "password1": PASSWORD})
    assert User.objects.count() == 1


def test_a_person_sets_her_theme_and_keys(ada: User) -> None:
    client = Client()
    client.force_login(ada, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post("/accounts/preferences/", {"theme": "dark", "single_keys": "false"})
    assert answer.json() == {"theme": "dark", "single_keys": False}
    client.post("/accounts/preferences/", {"theme": "\x00", "single_keys": "maybe", "role": "admin"})
    ada.refresh_from_db()
    assert (ada.theme, ada.has_single_keys, ada.role) == ("dark", False, "agent")


def ask_for_a_new_password(email: str, **more: Any) -> int:
    return Client(**more).post("/accounts/password/reset/", {"email": email}).status_code


def test_a_link_to_a_new_password_leads_to_us_whatever_the_request_called_us(ada: User, mailoutbox: Any) -> None:
    assert ask_for_a_new_password(ada.email, headers={"host": "evil.example"}) == 302
    assert "evil.example/" not in mailoutbox[0].body
    assert f"{settings.PUBLIC_URL}/accounts/password/reset/key/" in mailoutbox[0].body


@pytest.mark.parametrize("email", ["ada@onethread.example", "nobody@onethread.example"])
def test_without_a_mail_server_who_asks_for_a_new_password_hears_the_same(
    ada: User, email: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refused)
    assert ask_for_a_new_password(email) == 302
    assert "HELPDESK_SMTP_HOST" in caplog.text
