"""Undo and send later by the API: who asks for nothing sends at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from conversations.actions import claiming
from conversations.models import Conversation, Delivery, Message
from helpdesk.accounts.models import User
from tests import build
from tests.conversations.api.calling import Api, assert_error

pytestmark = pytest.mark.django_db


def write(api: Api, conversation: Conversation, **more: Any) -> Any:
    body = {"text": "It left on Monday", "kind": "reply", **more}
    return api.post(f"conversations/{conversation.pk}/messages/", body)


def in_a_day() -> str:
    return (timezone.now() + timedelta(days=1)).isoformat()


def test_a_program_sends_at_once(api: Api, conversation: Conversation) -> None:
    row = write(api, conversation).json()
    assert (row["delivery_state"], row["unsaid"], row["held_until"]) == ("queued", "", None)


def test_who_asks_for_it_can_take_it_back(api: Api, conversation: Conversation) -> None:
    row = write(api, conversation, undo_seconds=8).json()
    assert (row["delivery_state"], row["unsaid"]) == ("held", "undo")
    assert row["held_until"] > row["created_at"]
    answer = api.post(f"messages/{row['id']}/cancel/")
    assert (answer.status_code, answer.json()["delivery_state"], answer.json()["unsaid"]) == (
        200,
        "cancelled",
        "taken_back",
    )


def test_what_has_left_is_said_to_have_left(api: Api, conversation: Conversation) -> None:
    row = write(api, conversation).json()
    claiming.claim(Delivery.objects.get().pk)
    for path, body in (("cancel", {}), ("send-now", {}), ("reschedule", {"send_at": in_a_day()})):
        answer = api.post(f"messages/{row['id']}/{path}/", body)
        assert_error(answer, 409, "has_left")
        assert answer.json()["detail"] == "It has left already."


def test_a_scheduled_reply_can_be_moved_and_sent(api: Api, conversation: Conversation) -> None:
    row = write(api, conversation, send_at=in_a_day(), sends_anyway=True).json()
    assert (row["unsaid"], row["sends_anyway"], row["scheduled_for"]) == ("later", True, row["held_until"])
    assert api.get(f"conversations/{conversation.pk}/").json()["scheduled_at"] == row["held_until"]
    moved = api.post(f"messages/{row['id']}/reschedule/", {"send_at": "2099-01-01T09:00:00Z"})
    assert_error(moved, 400, "invalid", "send_at")
    at = (timezone.now() + timedelta(days=2)).isoformat()
    assert api.post(f"messages/{row['id']}/reschedule/", {"send_at": at}).json()["held_until"] > row["held_until"]
    assert api.post(f"messages/{row['id']}/send-now/").status_code == 200
    assert claiming.due() == [Delivery.objects.get().pk]


@pytest.mark.parametrize(
    ("field", "value"),
    [("undo_seconds", 31), ("undo_seconds", -1), ("send_at", "2020-01-01T00:00:00Z"), ("send_at", "soon")],
)
def test_what_makes_no_sense_is_refused_by_field(
    field: str, value: object, api: Api, conversation: Conversation
) -> None:
    assert_error(write(api, conversation, **{field: value}), 400, "invalid", field)
    assert not Message.objects.filter(direction="outbound").exists()


def test_what_was_taken_back_is_not_found_by_its_words(api: Api, conversation: Conversation) -> None:
    row = write(api, conversation, text="Xylophone", undo_seconds=8).json()
    api.post(f"messages/{row['id']}/cancel/")
    assert api.rows("conversations/?q=xylophone") == []


def test_a_stranger_to_the_desk_takes_nothing_back(api: Api) -> None:
    hr = build.desk("HR", is_restricted=True)
    conversation = build.sms(build.channel("sms", at=hr)).message.conversation
    grace = build.user("Grace", User.Role.ADMIN)
    row = write(Api(grace), conversation, undo_seconds=8).json()
    assert api.post(f"messages/{row['id']}/cancel/").status_code == 404
    assert Message.objects.get(pk=row["id"]).unsaid == "undo"


def test_ones_own_undo_time_is_read_and_set(api: Api, ada: User) -> None:
    assert api.get("me/").json()["undo_seconds"] is None
    headers = {**api.headers}
    answer = api.client.patch("/api/v1/me/", '{"undo_seconds": 15}', content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["undo_seconds"]) == (200, 15)
    answer = api.client.patch("/api/v1/me/", '{"undo_seconds": 7}', content_type="application/json", headers=headers)
    assert_error(answer, 400, "invalid", "undo_seconds")
    ada.refresh_from_db()
    assert ada.undo_seconds == 15


def test_a_reply_that_resolves_opens_again_when_it_is_taken_back(api: Api, conversation: Conversation) -> None:
    row = write(api, conversation, undo_seconds=8, resolves=True).json()
    assert api.get(f"conversations/{conversation.pk}/").json()["state"] == "resolved"
    api.post(f"messages/{row['id']}/cancel/")
    now = api.get(f"conversations/{conversation.pk}/").json()
    assert now["state"] == "open" and now["waiting_since"] is not None


def test_a_reply_that_was_refused_resolves_nothing(api: Api, conversation: Conversation) -> None:
    assert_error(write(api, conversation, text="x" * 2000, resolves=True), 400, "invalid", "text")
    assert api.get(f"conversations/{conversation.pk}/").json()["state"] == "open"
