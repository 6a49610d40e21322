"""Connecting and changing channels: what an admin enters, what is kept, what is never shown again."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ai_tier1 import rollout
from channels_ingest import connecting, live_check
from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.connecting import Entered
from channels_ingest.models import Connection, InboundEvent
from channels_ingest.setup.channel_form import ChannelForm
from channels_ingest.setup.worker import NoAnswer
from conversations.actions.channels import AddressTaken, ChannelDraft
from conversations.models import Channel
from helpdesk.accounts.models import AuditEntry, Team, User
from tests import build
from tests.channels_ingest.adapter_contract import FakeAdapter
from tests.channels_ingest.signing import mail_post, twilio_fields, twilio_post
from tests.transactional import commits

pytestmark = pytest.mark.django_db

TOKEN = "a-very-long-auth-token-1a2b"
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def grace() -> User:
    return build.user("Grace", User.Role.ADMIN)


@pytest.fixture
def page(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client


def sms_form(**fields: str) -> dict[str, str]:
    return {
        "name": "Texts",
        "address": "+1 500 555 0001",
        "desk": str(build.desk().pk),
        "team": "",
        "language": "en",
        "connection_account_sid": "AC" + "1" * 32,
        "connection_auth_token": TOKEN,
        **fields,
    }


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


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


def chat_form(**fields: str) -> dict[str, str]:
    return {"name": "Chat", "desk": str(build.desk().pk), "language": "de", "color": "#AA3311", **fields}


def test_a_chat_has_a_look_and_a_line_for_the_site(page: Client) -> None:
    sites = "https://www.shop.example/a/page\nshop.example\nhttps://*.shop.example:8443"
    page.post("/settings/channels/new/webchat/", chat_form(greeting="Hello!", sites=sites, expectation="Soon."))
    channel = Channel.objects.get()
    assert channel.appearance == {
        "greeting": "Hello!",
        "expectation": "Soon.",
        "color": "#aa3311",
        "sites": ["https://www.shop.example", "https://shop.example", "https://*.shop.example:8443"],
    }
    html = page.get(f"/settings/channels/{channel.pk}/").content.decode()
    assert f"/widget/{channel.key}.js" in html
    frame = Client().get(f"/widget/{channel.key}/")
    assert "frame-ancestors 'self' https://www.shop.example" in frame["Content-Security-Policy"]


@pytest.mark.parametrize(
    "site",
    ["https://x; script-src *", "javascript:alert(1)", "*", "https://a b.example", "https://u@x.example", "'none'"],
)
def test_a_site_that_could_bend_the_policy_is_refused(page: Client, site: str) -> None:
    answer = page.post("/settings/channels/new/webchat/", chat_form(sites=site))
    assert answer.status_code == 422
    assert list(errors(answer)) == ["sites"]


@pytest.mark.parametrize("colour", ["red", "#12", "#1234567", "#12345g", "#000;}"])
def test_a_colour_is_six_digits(page: Client, colour: str) -> None:
    assert "color" in errors(page.post("/settings/channels/new/webchat/", chat_form(color=colour)))


def test_what_was_set_elsewhere_in_a_chats_look_stays(page: Client) -> None:
    channel = build.channel("chat", appearance={"position": "start", "starters": ["Where is my parcel?"]})
    page.post(f"/settings/channels/{channel.pk}/edit/", chat_form(desk=str(channel.desk_id)))
    channel.refresh_from_db()
    assert (channel.appearance["position"], channel.appearance["starters"]) == ("start", ["Where is my parcel?"])


def test_markup_in_names_and_errors_stays_text(page: Client) -> None:
    channel = build.channel("sms")
    Channel.objects.update(name=EVIL, address="+1" + EVIL)
    Connection.objects.update(error=EVIL, settings={"base_url": EVIL})
    for path in ("", f"{channel.pk}/", f"{channel.pk}/edit/"):
        html = page.get(f"/settings/channels/{path}").content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_every_adapter_of_the_registry_has_a_card_and_a_form(page: Client) -> None:
    html = page.get("/settings/channels/new/").content.decode()
    for provider, adapter in ADAPTERS.items():
        assert f"/settings/channels/new/{provider}/" in html
        form = page.get(f"/settings/channels/new/{provider}/").context["form"]
        assert [row.spec for row in [*form.connection_rows, *form.advanced_rows]] == sorted(
            adapter.fields, key=lambda spec: spec.is_advanced
        )


def test_a_field_of_each_kind_can_be_entered(grace: User) -> None:
    build.desk()
    fields = (
        ConnectionField("words", "Words"),
        ConnectionField("count", "Count", form="number"),
        ConnectionField("place", "Place", form="url", default="https://api.example"),
        ConnectionField("is_so", "Is so", form="flag"),
        ConnectionField("many", "Many", form="lines"),
        ConnectionField("one", "One", form="choice", choices=(("a", "A"), ("b", "B")), default="b"),
        ConnectionField("tomorrow", "Tomorrow", form="of a kind not known yet", is_credential=True),
        ConnectionField("made", "Made", is_generated=True, is_credential=True, is_required=True),
    )
    adapter = type("ManyFields", (FakeAdapter,), {"fields": fields, "provider": "many"})
    entered = {
        "connection_words": " x ",
        "connection_count": "3",
        "connection_place": "https://p.example/ ",
        "connection_is_so": "on",
        "connection_many": "a\nb",
        "connection_one": "a",
        "connection_tomorrow": "t",
    }
    form = ChannelForm(adapter, grace, {**chat_form(), **entered})
    assert form.is_valid(), form.errors
    connected = connecting.connect(adapter, form.draft(), form.entered(), by=grace)
    assert connected.connection.settings == {
        "words": "x", "count": 3, "place": "https://p.example", "is_so": True, "many": ["a", "b"], "one": "a",
    }  # fmt: skip
    assert connected.connection.credentials["tomorrow"] == "t"
    assert len(connected.connection.credentials["made"]) >= 32
    assert connected.made == {}  # it is no secret: the page shows it whenever it is asked


def test_what_we_made_and_is_no_secret_stands_among_what_to_copy(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ConnectionField("verify_token", "Verify token", is_generated=True, is_credential=True)
    adapter = ADAPTERS["twilio_sms"]
    monkeypatch.setattr(adapter, "fields", (*adapter.fields, spec))
    page.post("/settings/channels/new/twilio_sms/", sms_form())
    html = page.get(f"/settings/channels/{Channel.objects.get().pk}/").content.decode()
    assert html.count(Connection.objects.get().credentials["verify_token"]) == 2  # to read, and to copy


def test_each_public_address_is_there_to_copy(page: Client, settings: Any) -> None:
    settings.PUBLIC_URLS = ["https://a.example", "https://b.example"]
    channel = build.channel("sms")
    html = page.get(f"/settings/channels/{channel.pk}/").content.decode()
    for base in settings.PUBLIC_URLS:
        for tail in ("", "status/"):
            assert f">{base}/webhooks/{channel.pk}/{tail}</code>" in html


def test_a_check_without_a_worker_says_so(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise NoAnswer

    monkeypatch.setattr("channels_ingest.setup.views.channels.result_of", nobody)
    channel = build.channel("email")
    whole = page.post(f"/settings/channels/{channel.pk}/check/").content.decode()
    part = page.post(f"/settings/channels/{channel.pk}/check/", headers={"hx-request": "true"}).content.decode()
    assert "No worker answers" in whole and "<html" in whole
    assert "No worker answers" in part and "<html" not in part


def test_the_lines_of_a_check_say_what_to_do_and_a_fault_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = build.channel("email")
    lines = live_check.lines(channel.pk)
    assert (lines[0].name, lines[0].is_ok) == ("SMTP server", False)
    assert "Enter its host name" in lines[0].what_to_do

    def broken(self: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(ADAPTERS["email"], "check", broken)
    assert "RuntimeError" in live_check.lines(channel.pk)[0].what_to_do
    Connection.objects.all().delete()
    assert "no connection" in live_check.lines(channel.pk)[0].what_to_do


def test_a_channel_whose_adapter_is_gone_is_still_shown(page: Client) -> None:
    channel = build.channel("sms")
    Connection.objects.update(provider="carrier_pigeon")
    for path in ("", f"{channel.pk}/"):
        assert "carrier_pigeon" in page.get(f"/settings/channels/{path}").content.decode()
    assert page.get(f"/settings/channels/{channel.pk}/edit/").status_code == 404


def test_a_channel_without_a_connection_says_so(page: Client) -> None:
    channel = build.channel("sms")
    Connection.objects.all().delete()
    for path in ("", f"{channel.pk}/"):
        assert "Not connected" in page.get(f"/settings/channels/{path}").content.decode()


def test_the_list_takes_as_many_queries_for_thirty_channels_as_for_one(
    page: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        channel = build.channel("sms", address=f"+1500555{number:04}")
        InboundEvent.objects.create(
            channel=channel, digest=str(number), is_verified=True, method="POST", path="/", body=b""
        )
    with django_assert_max_num_queries(12):
        html = page.get("/settings/channels/").content.decode()
    assert html.count("1 waiting") == 30
    with django_assert_max_num_queries(18):
        page.get(f"/settings/channels/{channel.pk}/")


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


def mail_form(**fields: str) -> dict[str, str]:
    return {
        "name": "Help mailbox",
        "address": "help@shop.example",
        "desk": str(build.desk().pk),
        "team": "",
        "language": "en",
        "aliases": "",
        "signature": "",
        "connection_smtp_host": "smtp.shop.example",
        "connection_smtp_security": "starttls",
        **fields,
    }


def test_a_mail_channel_has_any_number_of_addresses_and_a_signature(page: Client) -> None:
    aliases = " Orders@Shop.example\norders@shop.example\n\nhelp@shop.example\nsales@shop.example"
    page.post("/settings/channels/new/email/", mail_form(aliases=aliases, signature="\n{agent}\nFernhill\n"))
    channel = Channel.objects.get()
    assert channel.addresses == ("help@shop.example", "orders@shop.example", "sales@shop.example")
    assert channel.signature == "{agent}\nFernhill"
    shown = page.get(f"/settings/channels/{channel.pk}/edit/").content.decode()
    assert "orders@shop.example\nsales@shop.example" in shown and "{agent}" in shown


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"aliases": "nonsense"}, "aliases", "is no mail address"),
        ({"aliases": "first@shop.example"}, "aliases", "has this address already"),
        ({"address": "other@shop.example"}, "address", "has this address already"),
    ],
)
def test_an_address_belongs_to_one_channel(page: Client, fields: dict[str, str], field: str, says: str) -> None:
    first = mail_form(address="first@shop.example", aliases="other@shop.example")
    page.post("/settings/channels/new/email/", first)
    assert Channel.objects.count() == 1
    answer = page.post("/settings/channels/new/email/", mail_form(**fields))
    assert says in errors(answer)[field][0]
    assert Channel.objects.count() == 1
