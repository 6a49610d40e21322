"""What an admin says about HELP, quiet hours and templates on a channel's pages."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_ingest.models import Connection
from channels_ingest.setup.views import templates as view
from channels_ingest.setup.worker import NoAnswer
from conversations.models import Channel
from helpdesk.accounts.models import User
from tests import build
from tests.settings.channels.forms import errors, sms_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Client:
    client = Client()
    client.force_login(build.user("Grace", User.Role.ADMIN))
    return client


@pytest.fixture
def cloud() -> Channel:
    channel = build.channel("whatsapp", provider="whatsapp_cloud")
    build.template(channel, name="parcel_update", body="On its way")
    build.template(channel, name="win_back", state="rejected", reason="promotional")
    return channel


def shown(page: Client, channel: Channel) -> str:
    return page.get(f"/settings/channels/{channel.pk}/").content.decode()


def test_help_and_quiet_hours_are_kept(page: Client) -> None:
    form = sms_form(help_text="Fernhill. STOP to end.", quiet_from="21:00", quiet_until="08:00")
    page.post("/settings/channels/new/twilio_sms/", form)
    channel = Channel.objects.get()
    assert (channel.help_text, channel.quiet_from, channel.quiet_until) == (
        "Fernhill. STOP to end.",
        time(21),
        time(8),
    )
    assert "21:00–08:00" in shown(page, channel)
    page.post(f"/settings/channels/{channel.pk}/edit/", sms_form())
    channel.refresh_from_db()
    assert (channel.help_text, channel.quiet_from, channel.quiet_until) == ("", None, None)


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"quiet_from": "21:00"}, "quiet_until", "both times"),
        ({"quiet_until": "08:00"}, "quiet_from", "both times"),
        ({"quiet_from": "late", "quiet_until": "08:00"}, "quiet_from", "such as 21:00"),
        ({"help_text": "x" * 321}, "help_text", "at most 320"),
    ],
)
def test_half_a_night_is_none(page: Client, fields: dict[str, str], field: str, says: str) -> None:
    found = errors(page.post("/settings/channels/new/twilio_sms/", sms_form(**fields)))
    assert any(says in one for one in found[field])
    assert not Channel.objects.exists()


def test_kinds_that_know_neither_ask_for_neither(page: Client) -> None:
    assert "quiet_from" not in page.get("/settings/channels/new/email/").content.decode()


def test_a_channels_page_lists_its_templates_with_their_states(page: Client, cloud: Channel) -> None:
    content = shown(page, cloud)
    assert "parcel_update" in content and "was rejected (promotional)" in content
    assert "Ask the provider now" in content
    assert "Ask the provider now" not in shown(page, build.channel("sms"))


def test_why_they_can_not_be_listed_is_said(page: Client, cloud: Channel) -> None:
    why = "Templates can't be listed: the connection has no WhatsApp business account ID."
    Connection.objects.filter(channel=cloud).update(templates_error=why, templates_asked_at=timezone.now())
    assert "no WhatsApp business account ID" in shown(page, cloud)


def test_the_provider_is_asked_through_the_worker(
    page: Client, cloud: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def answered(task: Any, row_id: int, *, seconds: float) -> str:
        asked.append((task.name, row_id))
        return ""

    monkeypatch.setattr(view, "result_of", answered)
    answer = page.post(f"/settings/channels/{cloud.pk}/templates/", headers={"hx-request": "true"})
    assert asked == [("channels_ingest.sync_templates", cloud.pk)]
    assert "parcel_update" in answer.content.decode() and "<html" not in answer.content.decode()
    assert page.post(f"/settings/channels/{cloud.pk}/templates/").status_code == 302


def test_a_worker_that_is_away_is_said(page: Client, cloud: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise NoAnswer

    monkeypatch.setattr(view, "result_of", away)
    answer = page.post(f"/settings/channels/{cloud.pk}/templates/", headers={"hx-request": "true"})
    assert "No worker answers" in answer.content.decode()


def test_only_admins_may_ask(cloud: Channel) -> None:
    client = Client()
    client.force_login(build.user("Ada"))
    assert client.post(f"/settings/channels/{cloud.pk}/templates/").status_code == 403
