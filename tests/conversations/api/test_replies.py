"""Replies and notes: once, in their turn, and refused by field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conversations.actions import actors, claiming, delivering, replying
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery, Message, Note
from helpdesk.accounts.models import User
from helpdesk.events import log
from tests import build
from tests.conversations.api.calling import Api, assert_error

pytestmark = pytest.mark.django_db


def test_a_reply_is_written_and_queued(api: Api, ada: User, conversation: Conversation) -> None:
    answer = api.post(
        f"conversations/{conversation.pk}/messages/", {"text": "On its way", "kind": "reply", "client_id": "a"}
    )
    assert answer.status_code == 201
    row = answer.json()
    assert (row["text"], row["direction"], row["delivery_state"]) == ("On its way", "outbound", "queued")
    assert row["author"]["name"] == "Ada"
    assert Delivery.objects.get().message_id == row["id"]


def test_a_reply_sent_twice_is_one_reply(api: Api, conversation: Conversation) -> None:
    body = {"text": "On its way", "kind": "reply", "client_id": "a"}
    first, second = (api.post(f"conversations/{conversation.pk}/messages/", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert Message.objects.filter(direction="outbound").count() == Delivery.objects.count() == 1


def test_a_note_is_kept_among_ourselves_and_once(api: Api, conversation: Conversation) -> None:
    body = {"text": "Careful", "kind": "note", "client_id": "n"}
    first, second = (api.post(f"conversations/{conversation.pk}/messages/", body) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert Note.objects.get().text == "Careful"
    assert not Delivery.objects.exists() and Message.objects.count() == 1


def test_a_reply_that_was_overtaken_answers_with_what_came_between(
    api: Api, sms: Channel, conversation: Conversation
) -> None:
    log.publish()
    seen = log.last_seq()
    build.sms(sms, "Never mind, it came")
    log.publish()
    body = {"text": "It will come", "kind": "reply", "client_id": "a", "expected_event": seen}
    answer = api.post(f"conversations/{conversation.pk}/messages/", body)
    assert_error(answer, 409, "conflict")
    assert [one["type"] for one in answer.json()["since"]] == ["message.created"]
    assert Message.objects.filter(direction="outbound").count() == 0
    body["expected_event"] = log.last_seq()
    assert api.post(f"conversations/{conversation.pk}/messages/", body).status_code == 201


def test_what_is_committed_but_not_yet_numbered_overtakes_too(
    api: Api, sms: Channel, conversation: Conversation
) -> None:
    log.publish()
    seen = log.last_seq()
    build.sms(sms, "Never mind, it came")
    body = {"text": "It will come", "kind": "reply", "client_id": "a", "expected_event": seen}
    assert api.post(f"conversations/{conversation.pk}/messages/", body).status_code == 409


def test_ones_own_words_overtake_nobody(api: Api, ada: User, conversation: Conversation) -> None:
    log.publish()
    seen = log.last_seq()
    replying.add_note(conversation, "Mine", by=ada)
    log.publish()
    body = {"text": "It will come", "kind": "reply", "client_id": "a", "expected_event": seen}
    assert api.post(f"conversations/{conversation.pk}/messages/", body).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "reply", "client_id": "a"}, "text"),
        ({"text": "", "kind": "reply", "client_id": "a"}, "text"),
        ({"text": "\x00", "kind": "reply", "client_id": "a"}, "text"),
        ({"text": "x", "kind": "shout", "client_id": "a"}, "kind"),
        ({"text": "x", "client_id": "c" * 65}, "client_id"),
        ({"text": "x", "client_id": "a", "channel": 999}, "channel"),
        ({"text": "x", "client_id": "a", "identity": 999}, "identity"),
        ({"text": "x", "client_id": "a", "expected_event": -1}, "expected_event"),
        ({"text": "x" * 200_001, "client_id": "a"}, "text"),
    ],
)
def test_a_reply_that_cannot_be_is_refused_by_field(
    api: Api, conversation: Conversation, body: dict[str, Any], field: str
) -> None:
    assert_error(api.post(f"conversations/{conversation.pk}/messages/", body), 400, "invalid", field)
    assert not Delivery.objects.exists()


def test_a_text_too_long_for_its_channel_is_refused(api: Api, sms: Channel, conversation: Conversation) -> None:
    for more in ({"channel": sms.pk}, {}):
        body = {"text": "x" * 1601, "client_id": "a", **more}
        assert_error(api.post(f"conversations/{conversation.pk}/messages/", body), 400, "invalid", "text")


def test_another_customers_address_cannot_be_chosen(api: Api, sms: Channel, conversation: Conversation) -> None:
    other = build.sms(sms, sender="+15005550099").message.identity
    assert other is not None
    body = {"text": "x", "client_id": "a", "identity": other.pk}
    assert_error(api.post(f"conversations/{conversation.pk}/messages/", body), 400, "invalid", "identity")


def test_a_channel_that_reaches_nobody_here_is_refused_in_words(api: Api, conversation: Conversation) -> None:
    mail = build.channel("email")
    body = {"text": "x", "client_id": "a", "channel": mail.pk}
    answer = api.post(f"conversations/{conversation.pk}/messages/", body)
    assert_error(answer, 400, "invalid", "channel")
    assert "reach" in answer.json()["detail"]


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', "null", "\xff"])
def test_a_body_that_is_no_object_is_refused(api: Api, conversation: Conversation, content: str) -> None:
    answer = Client().post(
        f"/api/v1/conversations/{conversation.pk}/messages/",
        content.encode("latin-1"),
        content_type="application/json",
        headers=api.headers,
    )
    assert answer.status_code == 400
    assert {"code", "detail"} <= set(answer.json())


def test_a_failed_message_is_sent_again_by_wish_only(api: Api, ada: User, conversation: Conversation) -> None:
    message = replying.reply(conversation, replying.Outgoing("Hello"), by=actors.agent(ada), user=ada)
    assert_error(api.post(f"messages/{message.pk}/retry/"), 400, "invalid", "message")
    claiming.claim(message.delivery.pk)
    delivering.note_sent(message.delivery.pk, Progress("failed", error="No such number"))
    answer = api.post(f"messages/{message.pk}/retry/")
    assert (answer.status_code, answer.json()["delivery_state"]) == (200, "queued")


def test_a_failed_message_is_sent_another_way_once(api: Api, ada: User, conversation: Conversation) -> None:
    failed = replying.reply(conversation, replying.Outgoing("Hello"), by=actors.agent(ada), user=ada)
    url = f"conversations/{conversation.pk}/messages/"
    wish = {"text": "Hello", "replaces": failed.pk, "client_id": "a"}
    assert_error(api.post(url, wish), 400, "invalid", "replaces")
    claiming.claim(failed.delivery.pk)
    delivering.note_sent(failed.delivery.pk, Progress("failed", error="No such number"))
    first, again = api.post(url, wish), api.post(url, wish)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"] and first.json()["replaces"] == failed.pk
    row = api.get(f"messages/{failed.pk}/").json()
    assert row["replaced_by"]["message"] == first.json()["id"]
    assert_error(api.post(url, {**wish, "client_id": "b"}), 400, "invalid", "replaces")
    refused = api.post(f"messages/{failed.pk}/retry/")
    assert_error(refused, 400, "invalid", "message")
    assert "instead" in refused.json()["detail"]
    assert_error(api.post(url, {**wish, "replaces": 10**12}), 400, "invalid", "replaces")
