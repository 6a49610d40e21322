"""The Graph double: it answers like Meta, refuses like Meta, and tells as Meta tells."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, cast

import httpx
import pytest

from doubles.background import Running
from tests.waiting import eventually

NUMBER, SECOND, TOKEN, SECRET = "111", "222", "token", "app-secret"
JO = "14155552671"


class Listener:
    """Where an app wants its notifications: one address for all its numbers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.heard.append((self.headers["x-hub-signature-256"], body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/1/"
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def values(self) -> list[dict[str, Any]]:
        return [json.loads(body)["entry"][0]["changes"][0]["value"] for _, body in self.heard]

    @property
    def states(self) -> list[str]:
        return [status["status"] for value in self.values for status in value.get("statuses", [])]


@pytest.fixture
def app(doubles: Running) -> Iterator[Listener]:
    listener = Listener()
    for number in (NUMBER, SECOND):
        told = {
            "phone_number_id": number,
            "display_phone_number": f"+1510{number}",
            "access_token": TOKEN,
            "app_secret": SECRET,
            "webhook_url": listener.url,
        }
        post(doubles, "/numbers", told).raise_for_status()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()


def post(doubles: Running, path: str, content: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{doubles.graph_url}{path}", json=content)


def send(doubles: Running, number: str = NUMBER, token: str = TOKEN, **more: Any) -> httpx.Response:
    content = {"messaging_product": "whatsapp", "to": JO, "type": "text", "text": {"body": "hi"}, **more}
    headers = {"authorization": f"Bearer {token}"}
    return httpx.post(f"{doubles.graph_url}/v23.0/{number}/messages", json=content, headers=headers)


def log(doubles: Running) -> dict[str, list[dict[str, Any]]]:
    return cast(dict[str, list[dict[str, Any]]], httpx.get(f"{doubles.graph_url}/log").json())


def code_of(answer: httpx.Response) -> int:
    return int(answer.json()["error"]["code"])


def test_a_message_is_kept_and_its_way_told_with_a_signature(doubles: Running, app: Listener) -> None:
    answer = send(doubles, biz_opaque_callback_data="key-1").json()
    assert answer["contacts"] == [{"input": JO, "wa_id": JO}]
    eventually(lambda: app.states == ["sent", "delivered", "read"])
    for signed, body in app.heard:
        assert signed == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    (status,) = app.values[0]["statuses"]
    assert (status["id"], status["recipient_id"]) == (answer["messages"][0]["id"], JO)
    assert status["biz_opaque_callback_data"] == "key-1"
    assert app.values[0]["metadata"]["phone_number_id"] == NUMBER
    (sent,) = log(doubles)["messages"]
    assert (sent["to"], sent["body"], sent["status"]) == (JO, "hi", "read")


def test_states_come_shuffled_and_repeated_if_told(doubles: Running, app: Listener) -> None:
    post(doubles, "/behaviour", {"callbacks": {"is_shuffled": True, "duplicate_count": 1, "delay_seconds": 0}})
    send(doubles)
    eventually(lambda: len(app.states) == 6)
    assert sorted(app.states) == ["delivered", "delivered", "read", "read", "sent", "sent"]
    assert app.states != ["sent", "sent", "delivered", "delivered", "read", "read"]


def test_an_ending_is_told_with_its_error(doubles: Running, app: Listener) -> None:
    post(doubles, "/behaviour", {"final": [{"status": "failed", "error_code": 131026}]})
    send(doubles)
    eventually(lambda: app.states == ["failed"])
    assert app.values[0]["statuses"][0]["errors"][0]["code"] == 131026


def test_two_numbers_of_one_app_are_told_at_one_address(doubles: Running, app: Listener) -> None:
    for number in (NUMBER, SECOND):
        post(doubles, "/simulate/inbound", {"phone_number_id": number, "from": JO, "text": "hi"}).raise_for_status()
    assert [value["metadata"]["phone_number_id"] for value in app.values] == [NUMBER, SECOND]


def test_a_person_may_show_a_number_an_account_or_both(doubles: Running, app: Listener) -> None:
    for person in ({"from": JO}, {"user_id": "US.1"}, {"from": JO, "user_id": "US.1"}):
        post(doubles, "/simulate/inbound", {"phone_number_id": NUMBER, "text": "hi", **person})
    shown = [{"from", "from_user_id"} & set(value["messages"][0]) for value in app.values]
    assert shown == [{"from"}, {"from_user_id"}, {"from", "from_user_id"}]


def test_the_window_closes_a_day_after_the_person_wrote(doubles: Running, app: Listener) -> None:
    said = {"phone_number_id": NUMBER, "from": JO, "text": "hi"}
    post(doubles, "/simulate/inbound", {**said, "at": 1_700_000_000})
    refused = send(doubles)
    assert (refused.status_code, code_of(refused)) == (400, 131047)
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    assert send(doubles, type="template", template=template).status_code == 200
    assert send(doubles, SECOND).status_code == 200
    post(doubles, "/simulate/inbound", said)
    assert send(doubles).status_code == 200


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"messaging_product": "sms"}, 100),
        ({"to": "nobody"}, 131009),
        ({"text": {"body": ""}}, 100),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"type": "image", "image": {"id": "999"}}, 131009),
        ({"type": "hologram"}, 131008),
    ],
)
def test_what_meta_refuses_is_refused(doubles: Running, app: Listener, more: dict[str, Any], code: int) -> None:
    refused = send(doubles, **more)
    assert (refused.status_code, code_of(refused)) == (400, code)
    assert log(doubles)["messages"] == []


def test_a_wrong_token_and_an_unknown_number_are_refused(doubles: Running, app: Listener) -> None:
    assert code_of(send(doubles, token="wrong")) == 190
    shown = httpx.get(f"{doubles.graph_url}/v23.0/999", headers={"authorization": f"Bearer {TOKEN}"})
    assert (code_of(shown), shown.json()["error"]["error_subcode"]) == (100, 33)


def test_a_file_goes_up_and_comes_down_for_those_with_the_token(doubles: Running, app: Listener) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    content = b"\r\n--png\x00\xff\r\n"
    up = httpx.post(
        f"{doubles.graph_url}/v23.0/{NUMBER}/media",
        data=form,
        files={"file": ("a.png", content, "image/png")},
        headers=headers,
    )
    found = httpx.get(f"{doubles.graph_url}/v23.0/{up.json()['id']}", headers=headers).json()
    assert (found["mime_type"], found["file_size"]) == ("image/png", len(content))
    assert httpx.get(found["url"]).status_code == 401
    assert httpx.get(found["url"], headers=headers).content == content
    post(doubles, "/behaviour", {"media_expired_count": 1})
    assert httpx.get(found["url"], headers=headers).status_code == 404
    assert httpx.get(found["url"], headers=headers).status_code == 200


def test_a_reset_forgets_all_but_the_numbers(doubles: Running, app: Listener) -> None:
    post(doubles, "/behaviour", {"is_window_strict": True})
    assert code_of(send(doubles)) == 131047
    httpx.post(f"{doubles.graph_url}/reset")
    assert log(doubles) == {"messages": [], "requests": [], "callbacks": []}
    assert send(doubles).status_code == 200


def test_a_number_nobody_told_of_learns_its_token(doubles: Running) -> None:
    assert send(doubles).status_code == 200
    assert code_of(send(doubles, token="wrong")) == 190


def test_a_word_it_does_not_know_is_refused(doubles: Running) -> None:
    assert post(doubles, "/behaviour", {"nxt": []}).status_code == 400


@pytest.mark.parametrize(
    ("content_type", "size", "code"),
    [("image/svg+xml", 9, 100), ("image/png", 6 * 1024 * 1024, 131053), ("image/png", 9, 0)],
)
def test_it_takes_the_files_that_meta_takes(doubles: Running, content_type: str, size: int, code: int) -> None:
    number = {"phone_number_id": NUMBER, "access_token": TOKEN}
    httpx.post(f"{doubles.graph_url}/numbers", json=number).raise_for_status()
    answer = httpx.post(
        f"{doubles.graph_url}/v23.0/{NUMBER}/media",
        data={"messaging_product": "whatsapp", "type": content_type},
        files={"file": ("x", b"\x01" * size, content_type)},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert answer.json().get("error", {}).get("code", 0) == code
