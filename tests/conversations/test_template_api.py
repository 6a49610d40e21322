"""Templates and consent over the API: who may, what is asked for, what is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conversations.models import Channel, Delivery, Message
from customers.models import Consent
from helpdesk.accounts.models import Team, User
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def whatsapp() -> Channel:
    return build.channel("whatsapp")


@pytest.fixture
def asked(whatsapp: Channel) -> Message:
    """Jo wrote two days ago."""
    return build.whatsapp(whatsapp, occurred_at=timezone.now() - timedelta(days=2)).message


def call(person: User, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {build.token(person)}"}
    if body is None:
        return Client().get(f"/api/v1/{path}", headers=headers)
    return Client().post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def send(person: User, asked: Message, **body: Any) -> Any:
    return call(person, f"conversations/{asked.conversation_id}/messages/", body)


def test_a_template_is_sent_by_its_id_and_shows_what_the_customer_reads(
    asked: Message, whatsapp: Channel, ada: User
) -> None:
    template = build.template(whatsapp, name="parcel", body="Hello {{1}}", variables=["1"])
    answer = send(ada, asked, template={"id": template.pk, "variables": {"1": "Jo"}}, client_id="c1")
    assert answer.status_code == 201
    row = answer.json()
    assert (row["text"], row["delivery_state"]) == ("Hello Jo", "queued")
    assert row["template"] == {"id": template.pk, "name": "parcel", "language": "en", "values": {"1": "Jo"}}
    again = send(ada, asked, template={"id": template.pk, "variables": {"1": "Jo"}}, client_id="c1")
    assert again.json()["id"] == row["id"]


def test_a_name_means_the_template_of_the_channel_the_customer_used(
    asked: Message, whatsapp: Channel, ada: User
) -> None:
    other = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550009")
    build.template(other, name="parcel")
    mine = build.template(whatsapp, name="parcel")
    assert send(ada, asked, template={"name": "parcel"}).json()["template"]["id"] == mine.pk
    build.template(whatsapp, name="parcel", language="de")
    assert "language" in send(ada, asked, template={"name": "parcel"}).json()["detail"]
    assert send(ada, asked, template={"name": "parcel", "language": "de"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"template": {"name": "nothing"}}, "name"),
        ({"template": {"id": 999}}, "id"),
        ({"template": {"variables": {}}}, "id"),
        ({"template": {"name": "parcel"}, "text": "and this"}, "text"),
        ({"template": {"name": "parcel"}, "kind": "note"}, "template"),
        ({"template": {"name": "parcel", "variables": {}}}, "1"),
        ({"template": {"name": "parcel", "variables": {"1": "x", "2": "y"}}}, "2"),
        ({"template": {"name": "parcel", "variables": "x"}}, "variables"),
        ({}, "text"),
    ],
)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_queued(
    asked: Message, whatsapp: Channel, ada: User, body: dict[str, Any], field: str
) -> None:
    build.template(whatsapp, name="parcel", body="Hello {{1}}", variables=["1"])
    answer = send(ada, asked, **body)
    assert answer.status_code == 400
    fields = answer.json()["fields"]
    assert field in fields or field in fields["template"]
    assert "ErrorDetail" not in answer.json()["detail"]
    assert not Delivery.objects.exists()


def test_a_template_of_another_desk_is_unknown_here(asked: Message, ada: User) -> None:
    other = build.channel("whatsapp", at=build.desk("Legal"), address="+15005550009")
    assert send(ada, asked, template={"id": build.template(other).pk}).status_code == 400


def test_behind_a_wall_nobody_lists_or_sends_anything(ada: User) -> None:
    legal = build.desk("Legal", is_restricted=True)
    legal.teams.add(Team.objects.create(name="Lawyers"))
    whatsapp = build.channel("whatsapp", at=legal)
    template = build.template(whatsapp)
    asked = build.whatsapp(whatsapp).message
    assert call(ada, f"channels/{whatsapp.pk}/templates/").status_code == 404
    assert send(ada, asked, template={"id": template.pk}).status_code == 404


def test_what_can_be_sent_is_listed_first_and_the_rest_says_why_not(whatsapp: Channel, ada: User) -> None:
    build.template(whatsapp, name="a", state="rejected", reason="promotional")
    build.template(whatsapp, name="b", body="Your parcel")
    build.template(whatsapp, name="c", state="gone")
    rows = call(ada, f"channels/{whatsapp.pk}/templates/").json()["results"]
    assert [(row["name"], row["is_usable"]) for row in rows] == [("b", True), ("a", False)]
    assert rows[1]["why_not"] == "The template “a” was rejected (promotional)"
    path = f"channels/{whatsapp.pk}/templates/"
    assert [row["name"] for row in call(ada, f"{path}?q=parcel").json()["results"]] == ["b"]
    assert [row["name"] for row in call(ada, f"{path}?state=rejected").json()["results"]] == ["a"]
    assert call(ada, f"{path}?state=odd").status_code == 400


def test_a_long_list_comes_in_pages(whatsapp: Channel, ada: User) -> None:
    for number in range(5):
        build.template(whatsapp, name=f"t{number}", state="approved" if number % 2 else "pending")
    path, names = f"channels/{whatsapp.pk}/templates/?page_size=2", []
    while path:
        page = call(ada, path).json()
        names += [row["name"] for row in page["results"]]
        path = page["next"].split("/api/v1/")[1] if page["next"] else ""
    assert names == ["t1", "t3", "t0", "t2", "t4"]


def test_an_agent_notes_a_wish_with_its_reason_and_everybody_sees_the_ledger(asked: Message, ada: User) -> None:
    customer, identity = asked.conversation.customer_id, asked.identity_id
    wish = {"identity": identity, "channel_kind": "whatsapp", "state": "stopped", "reason": "Said so by phone"}
    made = call(ada, f"customers/{customer}/consents/", wish)
    assert made.status_code == 201
    assert (made.json()["source"], made.json()["by_name"], made.json()["words"]) == ("agent", "Ada", "Said so by phone")
    assert "noted on" in send(ada, asked, text="Hello?").json()["detail"]
    call(ada, f"customers/{customer}/consents/", {**wish, "state": "started", "reason": "Wrote a mail"})
    rows = call(ada, f"customers/{customer}/consents/").json()["results"]
    assert [row["state"] for row in rows] == ["started", "stopped"]


@pytest.mark.parametrize(
    "change",
    [{"reason": " "}, {"identity": 999}, {"channel_kind": "email"}, {"channel_kind": "fax"}, {"state": "maybe"}],
)
def test_a_wish_needs_an_address_a_kind_and_a_reason(asked: Message, ada: User, change: dict[str, Any]) -> None:
    wish = {"identity": asked.identity_id, "channel_kind": "sms", "state": "stopped", "reason": "Said so"}
    assert call(ada, f"customers/{asked.conversation.customer_id}/consents/", {**wish, **change}).status_code == 400
    assert not Consent.objects.exists()
