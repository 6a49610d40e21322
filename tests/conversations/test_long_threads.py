"""A thread that is too long for one piece is read piece by piece, by those who may read it."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations import snapshot
from conversations.models import Desk
from helpdesk.accounts.models import Team
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(monkeypatch):
    monkeypatch.setattr(snapshot, "THREAD_CAP", 3)
    chat = build.channel("chat")
    return [build.chat(chat, f"Line {number}").message for number in range(8)]


def reader(name: str = "Ada") -> Client:
    client = Client()
    client.force_login(build.user(name))
    return client


def texts(client: Client, thread, before: int) -> list[str]:
    answer = client.get(f"/inbox/thread/{thread[0].conversation_id}/before/{before}/")
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["objects"] if row["kind"] == "message"]


def test_the_pieces_make_the_whole_and_end(thread) -> None:
    client = reader()
    first = client.get(f"/inbox/snapshot/?view=all&conversation={thread[0].conversation_id}").json()["objects"]
    said = [row for row in first if row["kind"] == "message"]
    assert [row["text"] for row in said] == ["Line 5", "Line 6", "Line 7"]
    assert texts(client, thread, said[0]["id"]) == ["Line 2", "Line 3", "Line 4"]
    assert texts(client, thread, thread[2].pk) == ["Line 0", "Line 1"]
    assert texts(client, thread, thread[0].pk) == []


def test_a_wall_hides_the_beginning_too(thread) -> None:
    Desk.objects.update(is_restricted=True)
    Desk.objects.get().teams.add(Team.objects.create(name="HR"))
    path = f"/inbox/thread/{thread[0].conversation_id}/before/{thread[-1].pk}/"
    assert reader().get(path).status_code == 404
    assert Client().get(path).status_code == 302
