"""What each kind of channel asks for: chats, mail, every adapter."""

from __future__ import annotations

import pytest
from django.test import Client

from channels_ingest import connecting
from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.models import Connection
from channels_ingest.setup.channel_form import ChannelForm
from conversations.models import Channel
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.adapter_contract import FakeAdapter
from tests.settings.channels.forms import errors, sms_form

pytestmark = pytest.mark.django_db


EVIL = '"><script>alert(1)</script>'


def chat_form(**fields: str) -> dict[str, str]:
    return {"name": "Chat", "desk": str(build.desk().pk), "language": "de", "color": "#AA3311", **fields}


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


@pytest.mark.parametrize(("minutes", "kept"), [("10", 10), ("", None)])
def test_a_chat_says_when_what_was_not_seen_is_mailed(page: Client, minutes: str, kept: int | None) -> None:
    page.post("/settings/channels/new/webchat/", chat_form(mails_after_minutes=minutes))
    assert Channel.objects.get().mails_after_minutes == kept


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
