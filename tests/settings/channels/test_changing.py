"""Changing a channel: secrets stay unseen, what no field names stays."""

from __future__ import annotations

import pytest
from django.test import Client

from ai_tier1 import rollout
from channels_ingest.models import Connection
from conversations.models import Channel
from helpdesk.accounts.models import AuditEntry
from tests import build
from tests.settings.channels.forms import TOKEN, sms_form

pytestmark = pytest.mark.django_db


def edit_form(channel: Channel, **fields: str) -> dict[str, str]:
    return sms_form(desk=str(channel.desk_id), name=channel.name, connection_auth_token="", **fields)


def stored(token: str = TOKEN) -> Channel:
    channel = build.channel("sms")
    settings = {"base_url": "https://proxy.example", "read_timeout_seconds": 5}
    credentials = {"account_sid": "AC" + "1" * 32, "auth_token": token, "previous_auth_token": "old-token-that-is-long"}
    Connection.objects.update(credentials=credentials, settings=settings)
    return channel


def test_a_stored_secret_is_told_by_its_end_and_never_shown(page: Client) -> None:
    channel = stored()
    html = page.get(f"/settings/channels/{channel.pk}/edit/").content.decode()
    assert "<code>1a2b</code>" in html
    assert TOKEN not in html and TOKEN[:-4] not in html
    Connection.objects.update(credentials={"auth_token": "short"})
    html = page.get(f"/settings/channels/{channel.pk}/edit/").content.decode()
    assert "hort" not in html


def test_a_secret_left_empty_stays_and_what_no_field_names_stays_too(page: Client) -> None:
    channel = stored()
    form = edit_form(channel, connection_base_url="https://proxy.example", address="+15005550001")
    assert page.post(f"/settings/channels/{channel.pk}/edit/", form).status_code == 302
    connection = Connection.objects.get()
    assert connection.credentials["auth_token"] == TOKEN
    assert connection.settings == {"base_url": "https://proxy.example", "read_timeout_seconds": 5}


def test_a_secret_is_replaced_and_an_optional_one_removed_only_when_asked(page: Client) -> None:
    channel = stored()
    form = edit_form(channel) | {"connection_auth_token": "another-token-3c4d", "remove_previous_auth_token": "on"}
    page.post(f"/settings/channels/{channel.pk}/edit/", form)
    connection = Connection.objects.get()
    assert connection.credentials == {"account_sid": "AC" + "1" * 32, "auth_token": "another-token-3c4d"}
    assert "base_url" not in connection.settings  # emptied: the adapter's own counts
    facts = AuditEntry.objects.get(action="channel.changed").facts
    assert facts == {"connection": ["auth_token", "base_url", "previous_auth_token"], "name": channel.name}


def test_mending_the_connection_takes_its_old_error_away(page: Client) -> None:
    channel = stored()
    Connection.objects.update(error="Twilio refuses the token.")
    assert "Twilio refuses the token." in page.get("/settings/channels/").content.decode()
    page.post(f"/settings/channels/{channel.pk}/edit/", edit_form(channel) | {"connection_auth_token": "x" * 20})
    assert Connection.objects.get().error == ""


def test_the_assistant_is_switched_for_one_channel(page: Client) -> None:
    channel = stored()
    page.post(f"/settings/channels/{channel.pk}/edit/", edit_form(channel, is_answered="on"))
    assert rollout.answers_on(channel)
    page.post(f"/settings/channels/{channel.pk}/edit/", edit_form(channel))
    assert not rollout.answers_on(channel)
    told = AuditEntry.objects.filter(action__startswith="tier1.").order_by("id").values_list("action", flat=True)
    assert list(told) == ["tier1.let_answer", "tier1.silenced"]


def test_a_channel_is_switched_off_and_on(page: Client) -> None:
    channel = build.channel("sms")
    for wanted in (False, True):
        page.post(f"/settings/channels/{channel.pk}/switch/", {"is_on": str(wanted).lower()})
        channel.refresh_from_db()
        assert channel.is_on is wanted
