"""The agents' socket: who may open one, what comes over it, and that nothing ends it but a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from conversations.actions import actors, assignment, channels, replying
from conversations.actions.channels import ChannelDraft
from conversations.models import Channel, Conversation
from helpdesk import realtime
from helpdesk.accounts.models import ApiToken, Team, User
from helpdesk.events import log
from helpdesk.events.models import Event
from tests import build
from tests.sockets.client import Frame, Socket, work
from tests.transactional import commits

pytestmark = commits
BAD_FRAMES: list[object] = [
    "not json",
    "",
    b"\x00\xff",
    "[" * 60_000,
    "null",
    "[1]",
    '"text"',
    "NaN",
    {"type": ["open"]},
    {"type": "open"},
    {"type": "open", "conversation": "1"},
    {"type": "open", "conversation": 10**30},
    {"type": "open", "conversation": -1},
    {"type": "open", "conversation": True},
    {"type": "close", "conversation": 1},
    {"type": "typing", "conversation": 99},
    {"type": "log.grew", "seq": 10**9},
    {"type": "screen.typing", "conversation": 1},
    {"type": "\ud800", "conversation": 1},
]


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def sms() -> Channel:
    channel = build.channel("sms")
    build.sms(channel)
    return channel


def inbox(key: str, after: int | None = None) -> Socket:
    return Socket("/ws/inbox/" + ("" if after is None else f"?after={after}"), authorization=f"Bearer {key}")


def cookie(user: User) -> str:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def ready(socket: Socket) -> Frame:
    assert socket.is_accepted
    return await socket.receive("ready")


def event_types(frames: list[Frame]) -> list[str]:
    return [frame["event"]["type"] for frame in frames if frame["type"] == "event"]


async def test_without_a_log_in_the_socket_is_closed() -> None:
    for headers in ({}, {"authorization": "Bearer ot_wrong"}, {"authorization": "Basic x"}):
        async with Socket("/ws/inbox/", **headers) as socket:
            assert await socket.closed() == 4401


async def test_a_token_opens_the_socket_and_brings_the_news(ada: User, sms: Channel) -> None:
    async with inbox(await work(build.token, ada)) as socket:
        seq = (await ready(socket))["seq"]
        await work(build.sms, sms, "And my invoice?")
        (*_, frame) = await socket.until(lambda one: one.get("event", {}).get("type") == "message.created")
        assert frame["seq"] > seq
        kinds = {row["kind"] for row in frame["objects"]}
        assert {"message", "conversation", "customer"} <= kinds
        (message,) = [row for row in frame["objects"] if row["kind"] == "message"]
        assert message["text"] == "And my invoice?"


async def test_an_open_inbox_hears_of_a_new_channel_and_of_rows_that_went(ada: User, sms: Channel) -> None:
    draft = ChannelDraft(name="Texts, Wales", desk=sms.desk, address="+15005550017")
    async with inbox(await work(build.token, ada)) as socket:
        await ready(socket)
        made = await work(channels.open_channel, "sms", draft, by=actors.agent(ada))
        (*_, frame) = await socket.until(lambda one: one.get("event", {}).get("type") == "channel.opened")
        assert frame["event"]["facts"] == {"channel": made.pk, "kind": "sms"}
        await work(realtime.send, realtime.LOG, {"type": "log.restart"})
        assert (await socket.receive("reset"))["seq"] == frame["seq"]


async def test_a_token_without_the_scope_to_read_is_refused(ada: User) -> None:
    async with inbox(await work(build.token, ada, "write")) as socket:
        assert await socket.closed() == 4401


ORIGINS = {
    "http://testserver": True,
    settings.PUBLIC_URL: True,
    "https://evil.example": False,
    "http://testserver.evil.example": False,
    "null": False,
}


async def test_a_session_counts_on_our_own_pages_only(ada: User) -> None:
    session = await work(cookie, ada)
    for origin, is_let_in in ORIGINS.items():
        async with Socket("/ws/inbox/", cookie=session, origin=origin) as socket:
            if is_let_in:
                await ready(socket)
            else:
                assert await socket.closed() == 4401


async def test_after_a_cut_everything_comes_once_and_in_order(ada: User, sms: Channel) -> None:
    key = await work(build.token, ada)
    async with inbox(key) as socket:
        place = (await ready(socket))["seq"]

    def meanwhile() -> None:
        for number in range(5):
            build.sms(sms, f"Text {number}")
        conversation = build.conversation()
        assignment.assign(conversation, to=ada, team=None, by=actors.agent(ada))
        replying.reply(conversation, replying.Outgoing("Here"), by=actors.agent(ada), user=ada)

    await work(meanwhile)
    newest = await work(log.last_seq)
    async with inbox(key, after=place) as socket:
        await ready(socket)
        frames = await socket.until(lambda one: one.get("seq") == newest)
        assert [frame["seq"] for frame in frames] == list(range(place + 1, newest + 1))
        assert event_types(frames).count("message.created") == 6
        assert await socket.is_silent()


async def test_what_happens_while_it_connects_is_not_lost(ada: User, sms: Channel) -> None:
    key, place = await work(build.token, ada), await work(log.last_seq)
    await work(build.sms, sms, "Between snapshot and socket")
    async with inbox(key, after=place) as socket:
        frames = await socket.until(lambda one: one.get("event", {}).get("type") == "message.created")
        assert event_types(frames) == ["message.created"]


async def test_a_place_that_cannot_be_is_answered_with_a_fresh_start(ada: User, sms: Channel) -> None:
    key = await work(build.token, ada)
    for after in ("999999999", "-1", "x", "9" * 30):
        async with Socket(f"/ws/inbox/?after={after}", authorization=f"Bearer {key}") as socket:
            assert (await ready(socket))["seq"] == await work(log.last_seq)


async def test_a_lost_hint_is_made_up_for_by_the_next_ping(ada: User, sms: Channel) -> None:
    async with inbox(await work(build.token, ada)) as socket:
        await ready(socket)
        assert await socket.is_silent()
        await work(lambda: Event.objects.create(type="test.lost", subject="test:1", seq=log.last_seq() + 1))
        assert await socket.is_silent()
        await socket.send({"type": "ping"})
        frames = await socket.until(lambda one: one["type"] == "event")
        assert event_types(frames) == ["test.lost"]


def revoke_user(ada: User, key: str) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)


def revoke_token(ada: User, key: str) -> None:
    ApiToken.objects.update(revoked_at=timezone.now())


@pytest.mark.parametrize("revoke", [revoke_user, revoke_token])
async def test_a_revoked_agent_stops_receiving(ada: User, sms: Channel, revoke: Any) -> None:
    key = await work(build.token, ada)
    async with inbox(key) as socket:
        await ready(socket)
        await work(revoke, ada, key)
        await work(build.sms, sms, "Not for Ada any more")
        assert await socket.closed() == 4403


async def test_logging_out_ends_the_socket(ada: User, sms: Channel) -> None:
    from django.contrib.sessions.models import Session

    async with Socket("/ws/inbox/", cookie=await work(cookie, ada), origin="http://testserver") as socket:
        await ready(socket)
        await work(Session.objects.all().delete)
        await work(build.sms, sms)
        assert await socket.closed() == 4403


async def test_a_new_password_ends_the_other_sockets(ada: User, sms: Channel) -> None:
    async with Socket("/ws/inbox/", cookie=await work(cookie, ada), origin="http://testserver") as socket:
        await ready(socket)

        def change() -> None:
            person = User.objects.get(pk=ada.pk)
            person.set_password("another long password")
            person.save()

        await work(change)
        await work(build.sms, sms)
        assert await socket.closed() == 4403


async def test_an_agent_sees_nothing_of_a_desk_behind_a_wall(ada: User, sms: Channel) -> None:
    def legal() -> Channel:
        return build.channel("sms", at=build.desk("Legal", is_restricted=True), address="+15005550002")

    secret = await work(legal)
    grace = await work(build.user, "Grace", User.Role.ADMIN)
    async with inbox(await work(build.token, ada)) as hers, inbox(await work(build.token, grace)) as admins:
        await ready(hers), await ready(admins)
        await work(build.sms, secret, "Confidential 4711", sender="+15005550099")
        await admins.until(lambda one: one.get("event", {}).get("type") == "message.created")
        hidden = await work(Conversation.objects.get, desk__name="Legal")
        await hers.send({"type": "open", "conversation": hidden.pk})
        await work(build.sms, sms, "Open to all")
        frames = await hers.until(lambda one: one.get("event", {}).get("type") == "message.created")
        assert "4711" not in str(frames)
        assert hidden.pk not in {frame["event"]["conversation"] for frame in frames if frame["type"] == "event"}
        assert not [frame for frame in frames if frame["type"] == "presence"]


async def test_joining_a_desks_team_opens_its_wall_at_once(ada: User) -> None:
    def legal() -> Channel:
        desk = build.desk("Legal", is_restricted=True)
        desk.teams.add(Team.objects.create(name="Lawyers"))
        return build.channel("sms", at=desk, address="+15005550002")

    secret = await work(legal)
    async with inbox(await work(build.token, ada)) as socket:
        await ready(socket)
        await work(lambda: Team.objects.get().members.add(ada))
        await work(build.sms, secret, "Now for Ada too")
        await socket.until(lambda one: one.get("event", {}).get("type") == "message.created")


async def test_an_admin_who_is_one_no_longer_sees_no_more_than_others(sms: Channel) -> None:
    secret = await work(
        lambda: build.channel("sms", at=build.desk("Legal", is_restricted=True), address="+15005550002")
    )
    grace = await work(build.user, "Grace", User.Role.ADMIN)
    async with inbox(await work(build.token, grace)) as socket:
        await ready(socket)
        await work(lambda: User.objects.filter(pk=grace.pk).update(role=User.Role.AGENT))
        await work(build.sms, secret, "Confidential 4711", sender="+15005550099")
        await work(build.sms, sms, "Open to all")
        frames = await socket.until(lambda one: one.get("event", {}).get("type") == "message.created")
        assert "4711" not in str(frames)


async def test_bad_frames_do_not_end_the_socket(ada: User, sms: Channel) -> None:
    async with inbox(await work(build.token, ada)) as socket:
        await ready(socket)
        for frame in BAD_FRAMES:
            await socket.send(frame)
        await socket.send({"type": "ping"})
        await socket.receive("pong")


async def test_two_agents_on_one_conversation_know_of_each_other(ada: User, sms: Channel) -> None:
    lin = await work(build.user, "Lin")
    conversation = await work(build.conversation)
    async with inbox(await work(build.token, ada)) as hers, inbox(await work(build.token, lin)) as his:
        await ready(hers), await ready(his)
        await hers.send({"type": "open", "conversation": conversation.pk})
        await his.send({"type": "open", "conversation": conversation.pk})
        seen = await hers.receive("presence")
        assert [agent["name"] for agent in seen["agents"]] == ["Lin"]
        await his.send({"type": "typing", "conversation": conversation.pk})
        typing = await hers.receive("typing")
        assert (typing["conversation"], typing["author"]["name"]) == (conversation.pk, "Lin")
        await his.send({"type": "close", "conversation": conversation.pk})
        (*_, gone) = await hers.until(lambda one: one["type"] == "presence" and not one["agents"])
        assert gone["agents"] == []


async def test_a_socket_that_is_not_built_is_refused() -> None:
    async with Socket("/ws/nothing/") as socket:
        assert not socket.is_accepted
        assert socket.status == 404
