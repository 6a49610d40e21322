"""Assigning, states, addresses, and who may see what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations.actions import actors, replying
from conversations.models import Conversation
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests import build
from tests.conversations.api.calling import Api, assert_error

pytestmark = pytest.mark.django_db


def test_a_conversation_is_assigned_and_taken_back(api: Api, ada: User, conversation: Conversation) -> None:
    team = Team.objects.create(name="Returns")
    path = f"conversations/{conversation.pk}/assign/"
    assert api.post(path, {"agent": ada.pk}).json()["assignee"]["id"] == ada.pk
    both = api.post(path, {"team": team.pk}).json()
    assert (both["assignee"]["id"], both["team"]["id"]) == (ada.pk, team.pk)
    assert api.post(path, {"agent": None}).json()["assignee"] is None
    assert_error(api.post(path, {"agent": 999}), 400, "invalid", "agent")
    assert_error(api.post(path, {"team": "x"}), 400, "invalid", "team")


def test_nobody_is_given_a_conversation_of_a_desk_they_do_not_work_at(ada: User) -> None:
    desk = build.desk("Legal", is_restricted=True)
    desk.teams.add(lawyers := Team.objects.create(name="Lawyers"))
    secret = build.sms(build.channel("sms", at=desk)).message.conversation
    lin = build.user("Lin")
    lin.teams.add(lawyers)
    grace = Api(build.user("Grace", User.Role.ADMIN))
    path = f"conversations/{secret.pk}/assign/"
    assert_error(grace.post(path, {"agent": ada.pk}), 400, "invalid", "agent")
    outsiders = Team.objects.create(name="Returns")
    assert_error(grace.post(path, {"team": outsiders.pk}), 400, "invalid", "team")
    assert grace.post(path, {"agent": lin.pk, "team": lawyers.pk}).status_code == 200
    assert_error(Api(ada).post(path, {"agent": None}), 404, "not_found")


def test_a_desk_behind_a_wall_is_nowhere_in_the_api(api: Api) -> None:
    channel = build.channel("sms", at=build.desk("Legal", is_restricted=True))
    message = build.sms(channel, "Confidential 4711").message
    grace = build.user("Grace", User.Role.ADMIN)
    replying.reply(message.conversation, replying.Outgoing("Noted"), by=actors.agent(grace), user=grace)
    for path in ("conversations/", "messages/", "channels/", "deliveries/", "conversations/?q=4711"):
        assert api.rows(path) == []
    for path in ("", "messages/", "events/", "handoff/"):
        assert api.get(f"conversations/{message.conversation_id}/{path}").status_code == 404
    assert api.get(f"messages/{message.pk}/").status_code == 404
    assert api.get(f"channels/{channel.pk}/").status_code == 404


def test_states_change_and_say_when_they_cannot(api: Api, conversation: Conversation) -> None:
    path = f"conversations/{conversation.pk}/state/"
    assert api.post(path, {"state": "resolved"}).json()["state"] == "resolved"
    assert api.post(path, {"state": "open"}).json()["state"] == "open"
    assert_error(api.post(path, {"state": "snoozed"}), 400, "invalid", "until")
    until = (timezone.now() + timedelta(days=1)).isoformat()
    assert api.post(path, {"state": "snoozed", "until": until}).json()["state"] == "snoozed"
    assert api.post(path, {"state": "spam"}).json()["state"] == "spam"
    assert_error(api.post(path, {"state": "gone"}), 400, "invalid", "state")
    assert api.post(path, {"state": "open"}).json()["state"] == "open"


def test_reading_clears_the_unread_count(api: Api, conversation: Conversation) -> None:
    assert api.post(f"conversations/{conversation.pk}/read/").json()["unread_count"] == 0


def test_an_agent_adds_an_address_that_counts_as_vouched(api: Api, conversation: Conversation) -> None:
    customer = Customer.objects.get()
    answer = api.post(f"customers/{customer.pk}/identities/", {"kind": "email", "address": "Jo@Customer.Example"})
    assert answer.status_code == 201
    added = next(one for one in answer.json()["identities"] if one["kind"] == "email")
    assert (added["address"], added["assurance"]) == ("jo@customer.example", "vouched")
    assert_error(
        api.post(f"customers/{customer.pk}/identities/", {"kind": "email", "address": "x"}), 400, "invalid", "address"
    )


def test_a_session_counts_like_a_token_and_needs_its_mark_to_write(ada: User, conversation: Conversation) -> None:
    from django.conf import settings

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get("/api/v1/conversations/").status_code == 200
    path = f"/api/v1/conversations/{conversation.pk}/read/"
    refused = browser.post(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    browser.get("/inbox/unassigned/")
    mark = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.post(path, headers={"x-csrftoken": mark}).status_code == 200
