"""The names of the contract, pages, filters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conversations.actions import actors, assignment, people, replying, state, tier1
from conversations.models import Channel, Conversation, Delivery
from helpdesk.accounts.models import Team, User
from helpdesk.events import log
from tests import build
from tests.conversations.api.calling import Api, assert_error

pytestmark = pytest.mark.django_db


def test_a_customer_has_the_fields_of_the_contract(api: Api, conversation: Conversation) -> None:
    (row,) = api.rows("customers/")
    assert {"id", "name", "language", "identities"} <= set(row)
    (identity,) = row["identities"]
    assert identity == {
        "id": identity["id"],
        "kind": "phone",
        "address": build.JO_PHONE,
        "assurance": "presented",
        "is_shared": False,
    }
    assert api.get(f"customers/{row['id']}/").json() == row


def test_a_conversation_has_the_fields_of_the_contract(api: Api, ada: User, conversation: Conversation) -> None:
    assignment.assign(conversation, to=ada, team=Team.objects.create(name="Returns"), by=actors.agent(ada))
    (row,) = api.rows("conversations/")
    names = "id number customer subject state assignee team tier1_state channel_kinds message_count"
    assert set(f"{names} waiting_since last_message_at created_at".split()) <= set(row)
    assert set(row["customer"]) == {"id", "name"}
    assert (row["state"], row["tier1_state"], row["channel_kinds"], row["message_count"]) == ("open", "off", ["sms"], 1)
    assert (row["assignee"]["id"], row["team"]["name"]) == (ada.pk, "Returns")
    assert row["created_at"].endswith("Z")


def test_a_message_has_the_fields_of_the_contract(api: Api, conversation: Conversation) -> None:
    (row,) = api.rows(f"conversations/{conversation.pk}/messages/")
    names = "id channel_kind channel identity assurance direction author text html quoted_text attachments"
    assert set(f"{names} delivery_state sent_at created_at thread_reason citations".split()) <= set(row)
    assert (row["channel_kind"], row["assurance"], row["direction"]) == ("sms", "presented", "inbound")
    assert set(row["author"]) >= {"kind", "name"}
    assert set(row["thread_reason"]) == {"rule", "reason", "confidence"}


def test_the_brief_events_channels_and_deliveries_have_the_fields_of_the_contract(
    api: Api, ada: User, conversation: Conversation
) -> None:
    assert_error(api.get(f"conversations/{conversation.pk}/handoff/"), 404, "not_found")
    facts = [{"name": "order_number", "value": "4711", "message": 1, "channel_kind": "sms"}]
    tier1.hand_off(conversation, tier1.Brief("wanted_person", "Asked for a person", known_facts=facts), to=None)
    brief = api.get(f"conversations/{conversation.pk}/handoff/").json()
    assert {"reason", "wish", "known_facts", "answered", "next_step", "mood", "language"} <= set(brief)
    assert brief["known_facts"] == facts
    log.publish()
    events = api.rows(f"conversations/{conversation.pk}/events/")
    numbers = [one["seq"] for one in events]
    assert numbers == sorted(numbers) and "message.created" in {one["type"] for one in events}
    assert [one["seq"] for one in api.rows(f"conversations/{conversation.pk}/events/?after={numbers[0]}")] == numbers[
        1:
    ]
    (channel,) = api.rows("channels/")
    assert {"id", "kind", "name", "address"} <= set(channel)
    assert "auth_token" not in json.dumps(channel)
    replying.reply(conversation, replying.Outgoing("Hello"), by=actors.agent(ada), user=ada)
    (delivery,) = api.rows("deliveries/?state=queued")
    assert {"id", "message", "state", "attempt_count", "error"} <= set(delivery)
    assert "secret" not in delivery
    assert api.rows("deliveries/?state=sent") == []


def test_a_code_on_its_way_is_not_readable_over_the_api(api: Api, sms: Channel) -> None:
    visitor = build.chat(build.channel("chat")).message.identity
    assert visitor is not None
    people.claim_and_challenge(visitor, "phone", build.JO_PHONE, as_seen=build.JO_PHONE)
    code = Delivery.objects.exclude(secret=None).get().secret["text"][:6]
    for path in ("deliveries/", "messages/", "conversations/", "customers/"):
        assert code not in api.get(path).content.decode()


def test_pages_go_by_cursor_and_miss_nothing(api: Api, sms: Channel) -> None:
    for number in range(7):
        build.sms(sms, sender=f"+150055501{number:02}")
    seen: list[int] = []
    url = "conversations/?page_size=3"
    while url:
        page = api.get(url).json()
        seen += [row["id"] for row in page["results"]]
        assert len(page["results"]) <= 3
        # What comes in between moves no page.
        build.sms(sms, sender=f"+150055502{len(seen):02}")
        url = (page["next"] or "").partition("/api/v1/")[2]
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("size", ["0", "-1", "x", "100000"])
def test_odd_page_sizes_are_read_as_reasonable_ones(api: Api, conversation: Conversation, size: str) -> None:
    assert len(api.rows(f"conversations/?page_size={size}")) == 1


def test_conversations_are_found_by_what_is_asked_for(api: Api, ada: User, sms: Channel) -> None:
    chat = build.channel("chat")
    first = build.sms(sms, "The kettle is broken").message.conversation
    second = build.chat(chat, "Where is my tent?").message.conversation
    team = Team.objects.create(name="Returns")
    assignment.assign(first, to=ada, team=team, by=actors.agent(ada))
    state.resolve(second, by=actors.agent(ada))

    def found(query: str) -> list[int]:
        return [row["id"] for row in api.rows(f"conversations/?{query}")]

    assert found("state=open") == [first.pk]
    assert found("state=resolved") == [second.pk]
    assert found(f"assignee={ada.pk}") == [first.pk]
    assert found(f"team={team.pk}") == [first.pk]
    assert found(f"customer={second.customer_id}") == [second.pk]
    assert found("channel=chat") == [second.pk]
    assert found(f"channel={sms.pk}") == [first.pk]
    assert found("q=KETTLE") == [first.pk]
    assert found(f"q={second.number}") == [second.pk]
    assert found("state=open&channel=chat") == []
    assert found("q=%25") == []


def test_a_customer_is_found_by_address_in_any_spelling(api: Api, conversation: Conversation) -> None:
    for spelling in ("%2B15005550006", "+15005550006", "15005550006", "%2B1%20500%20555%200006"):
        assert len(api.rows(f"customers/?identity={spelling}")) == 1, spelling
    assert api.rows("customers/?identity=nobody@x.example") == []
    assert len(api.rows("customers/?q=5005550006")) == 1


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "assignee=x", "team=-1", "customer=" + "9" * 30, "assignee=%00"],
)
def test_a_filter_that_means_nothing_is_refused_by_name(api: Api, query: str) -> None:
    assert_error(api.get(f"conversations/?{query}"), 400, "invalid", query.partition("=")[0])


@pytest.mark.parametrize(
    "path",
    [
        "conversations/?q=%00",
        "conversations/?channel=%00",
        "conversations/?channel=%ff",
        "conversations/?q=%ED%A0%80",
        "customers/?q=a%00b",
        "customers/?identity=%00",
        "conversations/?cursor=%00",
        "conversations/?cursor=nonsense",
        "conversations/?" + "q=" + "x" * 5000,
    ],
)
def test_odd_characters_in_a_query_are_no_error_of_ours(api: Api, path: str) -> None:
    assert api.get(path).status_code in (200, 400, 404)


@pytest.mark.parametrize("path", ["conversations/999/", "conversations/999/messages/", f"customers/{'9' * 18}/"])
def test_what_is_not_there_is_not_found_in_the_same_shape(api: Api, path: str) -> None:
    assert_error(api.get(path), 404, "not_found")


def test_a_list_asks_the_database_as_often_for_many_as_for_few(
    api: Api, sms: Channel, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        build.sms(sms, sender=f"+150055501{number:02}")
    for path in ("conversations/", "customers/", "messages/"):
        with django_assert_max_num_queries(10):
            assert len(api.rows(path)) == 12
