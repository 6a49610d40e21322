"""The REST contract: names of fields, pages, filters, conflicts, errors of one shape."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conversations.actions import actors, assignment, delivering, people, replying, state, tier1
from conversations.models import Channel, Conversation, Delivery, Message, Note
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from helpdesk.events import log
from helpdesk.events.models import Event
from tests import build

pytestmark = pytest.mark.django_db


class Api:
    """Calls with one person's token."""

    def __init__(self, person: User) -> None:
        self.client = Client()
        self.headers = {"authorization": f"Bearer {build.token(person)}"}

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: object = None, **more: Any) -> Any:
        content = json.dumps(body if body is not None else {})
        more.setdefault("content_type", "application/json")
        return self.client.post(f"/api/v1/{path}", content, headers=self.headers, **more)

    def rows(self, path: str) -> list[Any]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        assert set(answer.json()) == {"next", "previous", "results"}
        return list(answer.json()["results"])


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def api(ada: User) -> Api:
    return Api(ada)


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


@pytest.fixture
def conversation(sms: Channel) -> Conversation:
    return build.sms(sms).message.conversation


def assert_error(answer: Any, status: int, code: str, *fields: str) -> None:
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert (body["code"], bool(body["detail"])) == (code, True)
    assert set(body.get("fields", {})) == set(fields)


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


def test_a_failed_message_is_sent_again_by_wish_only(api: Api, ada: User, conversation: Conversation) -> None:
    message = replying.reply(conversation, replying.Outgoing("Hello"), by=actors.agent(ada), user=ada)
    assert_error(api.post(f"messages/{message.pk}/retry/"), 400, "invalid", "message")
    delivering.claim(message.delivery.pk)
    delivering.note_sent(message.delivery.pk, delivering.Progress("failed", error="No such number"))
    answer = api.post(f"messages/{message.pk}/retry/")
    assert (answer.status_code, answer.json()["delivery_state"]) == (200, "queued")


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


def test_a_list_asks_the_database_as_often_for_many_as_for_few(
    api: Api, sms: Channel, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        build.sms(sms, sender=f"+150055501{number:02}")
    for path in ("conversations/", "customers/", "messages/"):
        with django_assert_max_num_queries(10):
            assert len(api.rows(path)) == 12


@pytest.mark.parametrize("path", ["nope/", "conversations/abc/", "conversations/-1/messages/"])
def test_a_path_that_is_not_there_is_an_error_of_the_one_shape(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "detail"}


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD0xeA==", "cD0tMQ==", "cD0" + "5" * 400])
def test_a_cursor_that_is_none_of_ours_is_refused(api: Api, cursor: str) -> None:
    answer = api.get(f"conversations/?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_json_nested_past_all_reason_is_the_callers_error(api: Api, sms: Channel) -> None:
    build.sms(sms)
    path = f"/api/v1/conversations/{build.conversation().pk}/messages/"
    answer = api.client.post(path, "[" * 100_000, headers=api.headers, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.fixture
def mailed() -> Conversation:
    """Jo's mail with Kim in Cc."""
    mail = build.channel("email")
    cc = build.people("kim@customer.example")
    return build.mail(mail, rfc_message_id="<first@customer.example>", cc=cc).message.conversation


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
    delivering.claim(copy.pk)
    delivering.note_sent(copy.pk, delivering.Progress("failed", error="No such box"))
    row = api.post(f"messages/{message.pk}/retry/").json()
    assert row["cc"][0]["state"] == "queued"
