"""Everybody who is on a mail, by the API."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.actions import actors, claiming, delivering, replying
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.conversations.api.calling import Api, assert_error

pytestmark = pytest.mark.django_db


def addresses(found: list[dict[str, Any]]) -> list[str]:
    return [one["address"] for one in found]


def test_who_is_on_a_mail_is_told_with_the_message_and_the_conversation(api: Api, mailed: Conversation) -> None:
    row = api.get(f"conversations/{mailed.pk}/").json()
    (kim,) = row["participants"]
    assert {**kim, "id": 0, "since": 0} == {
        "id": 0, "address": "kim@customer.example", "name": "Kim", "state": "in", "since": 0,
    }  # fmt: skip
    (message,) = api.rows(f"conversations/{mailed.pk}/messages/")
    assert message["cc"] == [{"address": "kim@customer.example", "name": "Kim", "state": "", "error": ""}]
    assert (message["to"], message["bcc"]) == ([], [])


def test_a_reply_goes_to_all_or_to_whom_one_says(api: Api, mailed: Conversation) -> None:
    path = f"conversations/{mailed.pk}/messages/"
    to_all = api.post(path, {"text": "To both"}).json()
    assert (addresses(to_all["to"]), addresses(to_all["cc"])) == ([build.JO_MAIL], ["kim@customer.example"])
    assert to_all["cc"][0]["state"] == "queued"
    alone = api.post(path, {"text": "To Jo", "cc": []}).json()
    assert (addresses(alone["to"]), alone["cc"], alone["bcc"]) == ([build.JO_MAIL], [], [])
    wish = {"text": "To Lee", "to": ["Lee <Lee@Customer.example>"], "cc": [build.JO_MAIL], "bcc": ["eve@x.example"]}
    chosen = api.post(path, wish).json()
    assert [addresses(chosen[field]) for field in ("to", "cc", "bcc")] == [
        ["Lee@Customer.example"],
        [build.JO_MAIL],
        ["eve@x.example"],
    ]
    assert chosen["identity"]["address"] == "Lee@Customer.example"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"cc": ["nobody"]}, "cc"),
        ({"bcc": ["help@shop.example"]}, "bcc"),
        ({"to": ["a@b.example\r\nBcc: c@d.example"]}, "to"),
        ({"to": "jo@customer.example"}, "to"),
        ({"cc": [None]}, "cc"),
        ({"cc": ["x@y.example"] * 51}, "cc"),
    ],
)
def test_an_address_that_can_not_be_written_to_is_refused_by_field(
    api: Api, mailed: Conversation, wish: dict[str, Any], field: str
) -> None:
    assert_error(api.post(f"conversations/{mailed.pk}/messages/", {"text": "Hello", **wish}), 400, "invalid", field)
    assert not Delivery.objects.exists()


def test_addresses_are_for_mail_alone(api: Api, conversation: Conversation, sms: Channel) -> None:
    wish = {"text": "Hello", "to": ["jo@customer.example"], "channel": sms.pk}
    assert_error(api.post(f"conversations/{conversation.pk}/messages/", wish), 400, "invalid", "channel")


def test_a_colleague_is_let_in_once_and_only_where_one_may_see_her(api: Api, mailed: Conversation) -> None:
    mail = Channel.objects.get(kind="email")
    build.mail(mail, sender="lee@customer.example", references=("<first@customer.example>",))
    lee = mailed.participants.get(address="lee@customer.example")
    path = f"conversations/{mailed.pk}/let-in/"
    for _ in range(2):
        row = api.post(path, {"participant": lee.pk}).json()
        assert {one["name"]: one["state"] for one in row["participants"]} == {"Kim": "in", "": "let_in"}
    assert Event.objects.filter(type="participant.let_in").count() == 1
    other = build.mail(mail, sender="pat@x.example", cc=build.people("sam@x.example")).message.conversation
    assert_error(api.post(path, {"participant": other.participants.get().pk}), 400, "invalid", "participant")


def test_of_a_mail_to_several_what_failed_is_sent_again(api: Api, ada: User, mailed: Conversation) -> None:
    message = replying.reply(mailed, replying.Outgoing("Hello"), by=actors.agent(ada), user=ada)
    copy = message.deliveries.latest("pk")
    claiming.claim(copy.pk)
    delivering.note_sent(copy.pk, Progress("failed", error="No such box"))
    row = api.post(f"messages/{message.pk}/retry/").json()
    assert row["cc"][0]["state"] == "queued"
