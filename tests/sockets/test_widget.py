"""The customer's socket: one's own words and nothing else, each said once, whatever is sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from channels_ingest.models import InboundEvent
from channels_ingest.widget import consumer, tokens
from conversations.actions import actors, assignment, replying, state, visitors
from conversations.models import Channel, Delivery, Message, VisitorPresence
from customers.models import Customer, Identity
from helpdesk.accounts.models import User
from helpdesk.events import log
from tests import build
from tests.sockets.client import Frame, Socket, work
from tests.transactional import commits

pytestmark = commits


@pytest.fixture
def chat() -> Channel:
    return build.channel("chat")


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


BAD_FRAMES: list[tuple[object, str]] = [
    ("not json", "unreadable"),
    (b"\x00\xff", "unreadable"),
    ("[" * 60_000, "unreadable"),
    ("null", "unreadable"),
    ({"type": "log.grew", "seq": 1}, "unreadable"),
    ({"type": ["message"]}, "unreadable"),
    ({"type": "message"}, "unreadable"),
    ({"type": "message", "client_id": 1, "text": "x"}, "unreadable"),
    ({"type": "message", "client_id": "c", "text": {"x": 1}}, "unreadable"),
    ({"type": "message", "client_id": "", "text": "x"}, "unreadable"),
    ({"type": "message", "client_id": "c" * 65, "text": "x"}, "unreadable"),
    ({"type": "message", "client_id": "\x00", "text": "x"}, "unreadable"),
    ({"type": "message", "client_id": "\ud800", "text": "x"}, "unreadable"),
    ({"type": "message", "client_id": "c", "text": ""}, "unreadable"),
    ({"type": "message", "client_id": "c", "text": "\x00 "}, "unreadable"),
    ({"type": "message", "client_id": "c", "text": "x" * 4001}, "unreadable"),
    ({"type": "verify", "code": 123456}, "wrong_code"),
    ({"type": "verify"}, "wrong_code"),
    ({"type": "claim", "address": "nobody"}, "no_address"),
    ({"type": "claim", "address": None}, "no_address"),
]
ODD_SIGNS: list[Frame] = [
    {"type": "seen", "message": 10**30},
    {"type": "seen", "message": True},
    {"type": "seen"},
    {"type": "typing"},
]


def widget(channel: Channel, **headers: str) -> Socket:
    return Socket(f"/ws/widget/{channel.key}/", **headers)


async def greeted(socket: Socket, **more: Any) -> Frame:
    await socket.send({"type": "hello", **more})
    return await socket.receive("ready")


async def say(socket: Socket, text: str, client_id: str = "c1") -> Frame:
    await socket.send({"type": "message", "client_id": client_id, "text": text})
    return await socket.receive("accepted", "error")


def is_message(text: str) -> Any:
    return lambda frame: text in [row.get("text") for row in frame.get("objects", []) if row["kind"] == "message"]


async def test_a_chat_from_hello_to_an_answer(chat: Channel, ada: User) -> None:
    async with widget(chat) as socket:
        ready = await greeted(socket)
        assert (ready["conversation"], ready["objects"]) == (None, [])
        accepted = await say(socket, "Is somebody there?")
        assert accepted["client_id"] == "c1"
        await socket.until(is_message("Is somebody there?"))

        def answer() -> None:
            replying.reply(build.conversation(), replying.Outgoing("Hello Jo"), by=actors.agent(ada), user=ada)

        await work(answer)
        (*_, frame) = await socket.until(is_message("Hello Jo"))
        (message,) = [row for row in frame["objects"] if row["kind"] == "message"]
        assert message["author"] == {"kind": "agent", "name": "Ada"}
        assert message["direction"] == "outbound"
    assert await work(Message.objects.count) == 2


async def test_the_same_message_sent_again_is_accepted_and_kept_once(chat: Channel) -> None:
    async with widget(chat) as socket:
        await greeted(socket)
        first, second = await say(socket, "Hello"), await say(socket, "Hello")
        assert first == second
    assert await work(Message.objects.count) == 1
    assert (await work(InboundEvent.objects.get)).repeat_count == 1


async def test_a_message_sent_again_after_a_cut_is_kept_once(chat: Channel) -> None:
    async with widget(chat) as socket:
        token = (await greeted(socket))["token"]
        first = await say(socket, "Hello")
    async with widget(chat) as socket:
        await greeted(socket, token=token)
        assert await say(socket, "Hello") == first
    assert await work(Message.objects.count) == 1


async def test_after_a_cut_the_window_shows_what_came_meanwhile(chat: Channel, ada: User) -> None:
    async with widget(chat) as socket:
        token = (await greeted(socket))["token"]
        await say(socket, "Hello")

    def meanwhile() -> None:
        conversation = build.conversation()
        assignment.assign(conversation, to=ada, team=None, by=actors.agent(ada))
        for number in range(3):
            outgoing = replying.Outgoing(f"Answer {number}")
            replying.reply(conversation, outgoing, by=actors.agent(ada), user=ada)
        replying.add_note(conversation, "He seems nice", by=ada)

    place = await work(log.last_seq)
    await work(meanwhile)
    async with widget(chat) as socket:
        ready = await greeted(socket, token=token, after=place)
        texts = [row["text"] for row in ready["objects"] if row["kind"] == "message"]
        assert texts == ["Hello", "Answer 0", "Answer 1", "Answer 2"]
        frames = await socket.until(is_message("Answer 2"))
        numbers = [frame["seq"] for frame in frames]
        assert numbers == sorted(set(numbers)) and numbers[0] > place
        assert "nice" not in json.dumps([ready, *frames])


async def test_an_unknown_widget_is_closed(chat: Channel) -> None:
    for key in ("nobody", chat.key[:-1], chat.key.swapcase()):
        async with Socket(f"/ws/widget/{key}/") as socket:
            assert await socket.closed() == 4404


async def test_a_widget_that_is_switched_off_is_closed(chat: Channel) -> None:
    await work(lambda: Channel.objects.update(is_on=False))
    async with widget(chat) as socket:
        assert await socket.closed() == 4404


async def test_only_our_own_frame_may_open_the_socket(chat: Channel) -> None:
    async with widget(chat, origin="https://evil.example") as socket:
        assert await socket.closed() == 4403
    async with widget(chat, origin="http://testserver") as socket:
        await greeted(socket)


async def test_what_cannot_be_read_is_answered_in_general_words(chat: Channel) -> None:
    for frame, code in BAD_FRAMES:
        async with widget(chat) as socket:
            await greeted(socket)
            await socket.send(frame)
            error = await socket.receive("error")
            assert error["code"] == code, frame
            assert not {"Traceback", "Error", "Exception", "psycopg"} & set(str(error).replace("(", " ").split())
            assert (await say(socket, "Still here"))["type"] == "accepted", frame


async def test_odd_characters_in_a_message_are_kept_as_far_as_they_go(chat: Channel) -> None:
    async with widget(chat) as socket:
        await greeted(socket)
        assert (await say(socket, "be\x00fore \ud83d after \U0001f600"))["type"] == "accepted"
    assert (await work(Message.objects.get)).text == "before ? after \U0001f600"


async def test_odd_signs_do_no_harm(chat: Channel) -> None:
    async with widget(chat) as socket:
        await greeted(socket)
        await say(socket, "Hello")
        for frame in ODD_SIGNS:
            await socket.send(frame)
        await socket.send({"type": "ping"})
        await socket.receive("pong")


async def test_nothing_is_done_before_hello(chat: Channel) -> None:
    async with widget(chat) as socket:
        assert (await say(socket, "Hello"))["code"] == "not_ready"
        await socket.send({"type": "verify", "code": "123456"})
        assert (await socket.receive("error"))["code"] == "not_ready"
    assert not await work(InboundEvent.objects.exists)


async def test_a_flood_is_told_to_slow_down_and_nothing_is_lost(chat: Channel) -> None:
    async with widget(chat) as socket:
        await greeted(socket)
        for _ in range(consumer.BURST + 5):
            await socket.send({"type": "ping"})
        frames = await socket.until(lambda one: one.get("code") == "too_fast")
        assert len([one for one in frames if one["type"] == "pong"]) == consumer.BURST - 1


def foreign_tokens(chat: Channel) -> list[object]:
    other = build.channel("chat", at=build.desk("Other"))
    theirs = tokens.issue("v_jo", other.pk)
    genuine = tokens.issue("v_jo", chat.pk)
    return [
        theirs,
        genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        "v_jo",
        "",
        "\x00",
        "x" * 10_000,
        7,
        None,
        ["v_jo"],
    ]


async def test_a_token_that_is_not_ones_own_shows_nothing(chat: Channel, ada: User) -> None:
    def scene() -> list[object]:
        build.chat(chat, "My secret is 4711")
        replying.reply(build.conversation(), replying.Outgoing("Noted: 4711"), by=actors.agent(ada), user=ada)
        return foreign_tokens(chat)

    for token in await work(scene):
        async with widget(chat) as socket:
            ready = await greeted(socket, token=token, after=0)
            assert (ready["conversation"], ready["objects"]) == (None, [])
            await work(lambda: build.chat(chat, "Another 4711"))
            await socket.send({"type": "ping"})
            await socket.receive("pong")
            assert await socket.is_silent(0.1)


async def test_two_visitors_hear_nothing_of_each_other(chat: Channel, ada: User) -> None:
    async with widget(chat) as jos, widget(chat) as mallorys:
        await greeted(jos), await greeted(mallorys)
        await say(mallorys, "I am Mallory")
        await mallorys.until(is_message("I am Mallory"))
        await say(jos, "My secret is 4711")
        await jos.until(is_message("My secret is 4711"))
        await jos.send({"type": "typing"})
        await mallorys.send({"type": "seen", "message": 10**6})
        await mallorys.send({"type": "ping"})
        frames = await mallorys.until(lambda one: one["type"] == "pong")
        assert "4711" not in json.dumps(frames) and "typing" not in {one["type"] for one in frames}
        assert await mallorys.is_silent()


async def test_typing_is_seen_on_both_sides(chat: Channel, ada: User) -> None:
    async with (
        widget(chat) as hers,
        Socket("/ws/inbox/", authorization=f"Bearer {await work(build.token, ada)}") as desk,
    ):
        await greeted(hers)
        await desk.receive("ready")
        await say(hers, "Hello")
        conversation = await work(build.conversation)
        await desk.send({"type": "open", "conversation": conversation.pk})
        await desk.send({"type": "ping"})
        await desk.receive("pong")
        await hers.send({"type": "typing"})
        seen = await desk.receive("typing")
        assert (seen["conversation"], seen["author"]["kind"]) == (conversation.pk, "customer")
        await desk.send({"type": "typing", "conversation": conversation.pk})
        assert (await hers.receive("typing"))["author"] == {"kind": "agent", "name": "Ada"}


async def test_the_story_of_a_code_over_the_socket(chat: Channel) -> None:
    sms = await work(build.channel, "sms")
    await work(build.sms, sms, "From my phone")
    async with widget(chat) as socket:
        await greeted(socket)
        await say(socket, "Hello")
        await socket.send({"type": "claim", "address": build.JO_PHONE})
        (*_, frame) = await socket.until(lambda one: "challenge" in {row["kind"] for row in one.get("objects", [])})
        (card,) = [row for row in frame["objects"] if row["kind"] == "challenge"]
        assert (card["address_hint"], card["state"]) == ("•••• 0006", "pending")
        assert "From my phone" not in json.dumps(frame)
        secret = await work(lambda: Delivery.objects.exclude(secret=None).get().secret["text"])
        await socket.send({"type": "verify", "code": "000000" if not secret.startswith("000000") else "000001"})
        assert (await socket.receive("error"))["code"] == "wrong_code"
        await socket.send({"type": "verify", "code": secret[:6]})
        await socket.until(lambda one: "proved" in {row.get("state") for row in one.get("objects", [])})
        # The window follows its conversation into the one it joined.
        await work(build.sms, sms, "And once more")
        await socket.until(is_message("And once more"))
    assert await work(Customer.objects.filter(merged_into=None).count) == 1


async def test_what_agents_do_among_themselves_stays_there(chat: Channel, ada: User) -> None:
    async with widget(chat) as socket:
        await greeted(socket)
        await say(socket, "Hello")
        await socket.until(is_message("Hello"))

        def act() -> None:
            conversation = build.conversation()
            replying.add_note(conversation, "Difficult person 4711", by=ada)
            assignment.assign(conversation, to=ada, team=None, by=actors.agent(ada))
            state.resolve(conversation, by=actors.agent(ada))

        await work(act)
        frames = await socket.until(lambda one: "resolved" in {row.get("state") for row in one.get("objects", [])})
        assert "4711" not in json.dumps(frames)
        assert ada.email not in json.dumps(frames)


async def test_a_page_view_leaves_no_record(chat: Channel) -> None:
    async with widget(chat) as socket:
        await greeted(socket)
    assert not await work(Identity.objects.exists) and not await work(Customer.objects.exists)


async def test_an_open_window_says_that_its_visitor_is_there(chat: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "HERE_SECONDS", 0.0)
    await work(lambda: build.chat(chat))
    token = tokens.issue("v_jo", chat.pk)
    long_ago = timezone.now() - timedelta(minutes=5)
    await work(lambda: VisitorPresence.objects.update(here_at=long_ago))
    assert await work(visitors.note_gone) == 1
    async with widget(chat) as socket:
        await greeted(socket, token=token)
        await socket.send({"type": "ping"})
        await socket.receive("pong")
        presence = await work(VisitorPresence.objects.get)
        assert presence.left_at is None and presence.here_at > long_ago
    assert await work(visitors.note_gone) == 0, "the next page of the site is no leaving"
