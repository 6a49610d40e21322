"""What a person sets for herself, and a desk for its scheduled messages."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations import public
from helpdesk.accounts.models import User
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(("chosen", "kept"), [("30", 30), ("0", 0), ("", None)])
def test_the_undo_time_is_ones_own(chosen: str, kept: int | None, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(undo_seconds=5)
    page = logged_in(ada)
    assert 'value="5" selected' in page.get("/accounts/own/").content.decode()
    answer = page.post("/accounts/own/", {"undo_seconds": chosen, "theme": "dark"})
    assert answer.status_code == 302
    ada.refresh_from_db()
    assert (ada.undo_seconds, ada.theme, ada.has_single_keys) == (kept, "dark", False)


def test_a_time_that_is_not_offered_is_refused(ada: User) -> None:
    answer = logged_in(ada).post("/accounts/own/", {"undo_seconds": "7", "theme": "dark"})
    assert answer.status_code == 200 and b"field-error" in answer.content
    ada.refresh_from_db()
    assert ada.undo_seconds is None


def test_strangers_are_sent_to_the_log_in() -> None:
    for path in ("/accounts/own/", "/settings/scheduled/"):
        assert Client().get(path).status_code == 302


def test_a_desk_decides_what_scheduled_messages_do(ada: User) -> None:
    channel = build.channel("sms")
    grace = build.user("Grace", User.Role.ADMIN)
    page = logged_in(grace)
    assert b"checked" not in page.get("/settings/scheduled/").content
    page.post("/settings/scheduled/", {"sends_anyway": [str(channel.desk_id)]})
    channel.desk.refresh_from_db()
    assert public.channel(channel)["sends_anyway"] is True
    page.post("/settings/scheduled/", {})
    channel.desk.refresh_from_db()
    assert channel.desk.sends_anyway is False
    assert logged_in(ada).post("/settings/scheduled/", {}).status_code == 403
