"""Connecting a channel: what an admin enters, what is kept, what is refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from ai_tier1 import rollout
from channels_ingest import connecting
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.connecting import Entered
from channels_ingest.models import Connection
from conversations.actions.channels import AddressTaken, ChannelDraft
from conversations.models import Channel
from helpdesk.accounts.models import AuditEntry, Team, User
from tests import build
from tests.channels_ingest.signing import mail_post, twilio_fields, twilio_post
from tests.settings.channels.forms import TOKEN, errors, sms_form
from tests.transactional import commits

pytestmark = pytest.mark.django_db


def test_a_texting_channel_is_made_from_what_the_adapter_asks_for(page: Client) -> None:
    team = Team.objects.create(name="Deliveries")
    answer = page.post("/settings/channels/new/twilio_sms/", sms_form(team=str(team.pk), is_answered="on"))
    channel = Channel.objects.get()
    assert answer["Location"] == f"/settings/channels/{channel.pk}/setup/copy/"
    assert (channel.kind, channel.name, channel.address, channel.team) == ("sms", "Texts", "+15005550001", team)
    connection = Connection.objects.get()
    assert connection.credentials == {"account_sid": "AC" + "1" * 32, "auth_token": TOKEN}
    assert (connection.provider, connection.settings, connection.is_active) == ("twilio_sms", {}, True)
    assert rollout.answers_on(channel)
    entry = AuditEntry.objects.get(action="channel.created")
    assert entry.facts == {"kind": "sms", "provider": "twilio_sms", "name": "Texts"}


def test_it_works_at_once(page: Client, settings: Any) -> None:
    settings.PUBLIC_URLS = [settings.PUBLIC_URL]
    page.post("/settings/channels/new/twilio_sms/", sms_form(connection_auth_token=build.TWILIO["auth_token"]))
    channel = Channel.objects.get()
    assert twilio_post(channel, twilio_fields(channel)).status_code == 200


def test_what_was_pasted_is_cleaned(page: Client) -> None:
    form = sms_form(
        connection_auth_token=f" \u200b{TOKEN}\u00a0\n", connection_account_sid="\ufeff AC1 ", name=" Texts "
    )
    page.post("/settings/channels/new/twilio_sms/", form)
    assert Connection.objects.get().credentials == {"account_sid": "AC1", "auth_token": TOKEN}
    assert Channel.objects.get().name == "Texts"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Give the channel a name"),
        ("address", "", "Enter the number customers reach"),
        ("address", "555", None),
        ("address", "call me", "with + and its country code"),
        ("connection_account_sid", " ", "Account SID is needed"),
        ("connection_auth_token", "", "Auth token is needed"),
        ("connection_base_url", "ftp://x", "whole address"),
        ("connection_base_url", "https://user@evil", "whole address"),
        ("language", "xx", "Select a valid choice"),
        ("desk", "999", "valid choice"),
    ],
)
def test_an_error_says_what_to_enter(page: Client, field: str, value: str, says: str | None) -> None:
    answer = page.post("/settings/channels/new/twilio_sms/", sms_form(**{field: value}))
    if says is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert list(errors(answer)) == [field]
    assert says in errors(answer)[field][0]
    assert not Channel.objects.exists() and not Connection.objects.exists()


def test_the_secret_is_not_in_the_page_when_a_form_comes_back(page: Client) -> None:
    answer = page.post("/settings/channels/new/twilio_sms/", sms_form(name=""))
    assert TOKEN not in answer.content.decode()


def test_a_number_that_another_channel_has_is_refused_however_it_is_written(page: Client) -> None:
    build.channel("sms", address="+15005550001")
    answer = page.post("/settings/channels/new/twilio_sms/", sms_form(address="+1 (500) 555-0001"))
    assert answer.status_code == 422
    assert "has this address already" in errors(answer)["address"][0]
    assert Channel.objects.count() == 1


def test_a_mail_channel_makes_its_secret_and_shows_it_once(page: Client) -> None:
    form = {
        "name": "Help",
        "address": "Help@Shop.Example",
        "desk": str(build.desk().pk),
        "language": "en",
        "connection_smtp_host": "smtp.shop.example",
        "connection_smtp_port": "2525",
        "connection_smtp_security": "tls",
        "connection_relay_senders": "form@shop.example\n\n form@shop.example \nmarket@shop.example",
    }
    page.post("/settings/channels/new/email/", form)
    channel, connection = Channel.objects.get(), Connection.objects.get()
    secret = connection.credentials["inbound_secret"]
    assert len(secret) >= 32
    assert channel.address == "help@shop.example"
    assert connection.settings == {
        "smtp_host": "smtp.shop.example",
        "smtp_port": 2525,
        "smtp_security": "tls",
        "has_reply_marker": False,
        "relay_senders": ["form@shop.example", "market@shop.example"],
    }
    path = f"/settings/channels/{channel.pk}/"
    assert secret in page.get(path).content.decode()
    assert secret not in page.get(path).content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))
    assert mail_post(channel, b"From: jo@customer.example\n\nHello\n", secret=secret).status_code == 200


def test_a_new_secret_replaces_the_old_one_and_is_shown_once(page: Client) -> None:
    channel = build.channel("email")
    page.post(f"/settings/channels/{channel.pk}/secrets/inbound_secret/")
    fresh = Connection.objects.get().credentials["inbound_secret"]
    assert fresh != build.MAIL_SECRET
    assert fresh in page.get(f"/settings/channels/{channel.pk}/").content.decode()
    assert fresh not in page.get(f"/settings/channels/{channel.pk}/").content.decode()
    assert mail_post(channel, b"From: jo@customer.example\n\nHi\n").status_code == 403
    assert AuditEntry.objects.get(action="channel.secret_renewed").facts == {"secret": "inbound_secret"}


def test_a_secret_that_we_did_not_make_can_not_be_renewed(page: Client) -> None:
    channel = build.channel("sms")
    assert page.post(f"/settings/channels/{channel.pk}/secrets/auth_token/").status_code == 404


@commits
def test_two_admins_who_enter_one_number_at_once_make_one_channel() -> None:
    grace, desk = build.user("Grace", User.Role.ADMIN), build.desk()
    refused: list[Exception] = []

    def connect() -> None:
        try:
            connecting.connect(ADAPTERS["twilio_sms"], ChannelDraft("Texts", desk, "+15005550001"), Entered(), by=grace)
        except AddressTaken as error:
            refused.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=connect) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Channel.objects.count(), len(refused)) == (1, 3)


def test_a_provider_that_takes_less_narrows_what_its_channel_takes(grace: User) -> None:
    draft = ChannelDraft("Help", build.desk(), "help@shop.example")
    made = connecting.connect(ADAPTERS["email_postmark"], draft, Entered({"server_token": "t"}), by=grace)
    rules = Channel.objects.get().files
    assert rules is not None and rules.max_total_bytes == 7 * 1024 * 1024
    Channel.objects.update(max_files_bytes=None)
    connecting.reconnect(made.connection, ADAPTERS["email_postmark"], draft, Entered(), by=grace)
    assert Channel.objects.get().max_files_bytes == 7 * 1024 * 1024
    usual = build.channel("sms").files
    assert usual is not None and usual.max_total_bytes == 5 * 1024 * 1024
