"""Twilio's double, seen through Twilio's own library where that is possible."""

from __future__ import annotations

import base64
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, cast
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from doubles import twilio_store
from doubles.background import Running, running
from tests.doubles.conftest import ACCOUNT, TOKEN
from tests.waiting import eventually

OURS, JO = "+15105550100", "+14155552671"


class _Toward:
    """Twilio's client, led to the double."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._client = TwilioHttpClient()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return self._client.request(method, url.replace("https://api.twilio.com", self._base_url), *args, **kwargs)


def post(doubles: Running, path: str, content: dict[str, Any] | None = None) -> httpx.Response:
    return httpx.post(f"{doubles.twilio_url}{path}", json=content or {})


def send(doubles: Running, auth: tuple[str, str] = (ACCOUNT, TOKEN), **fields: str) -> httpx.Response:
    url = f"{doubles.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    return httpx.post(url, data={"To": JO, "From": OURS, "Body": "hi", **fields}, auth=auth)


def log(doubles: Running) -> dict[str, list[dict[str, Any]]]:
    return cast(dict[str, list[dict[str, Any]]], httpx.get(f"{doubles.twilio_url}/log").json())


def test_twilios_own_library_sends_fetches_and_lists(doubles: Running) -> None:
    client = Client(ACCOUNT, TOKEN, http_client=_Toward(doubles.twilio_url))
    sent = client.messages.create(to=JO, from_=OURS, body="Grüße")
    assert sent.status == "queued"
    assert client.messages(sent.sid).fetch().body == "Grüße"
    for number in range(5):
        client.messages.create(to=JO, from_=OURS, body=str(number))
    listed = client.messages.list(to=JO, page_size=2)
    assert [message.body for message in listed] == ["4", "3", "2", "1", "0", "Grüße"]
    assert client.messages.list(to=OURS) == []
    assert client.api.accounts(ACCOUNT).fetch().status == "active"


def test_wrong_credentials_are_refused(doubles: Running) -> None:
    for auth in ((ACCOUNT, "wrong"), ("AC" + "2" * 32, TOKEN), ("", "")):
        assert send(doubles, auth).json()["code"] == 20003
    assert log(doubles)["messages"] == []


def test_without_accounts_the_first_token_counts() -> None:
    with running() as doubles:
        assert send(doubles, (ACCOUNT, "first")).status_code == 201
        assert send(doubles, (ACCOUNT, "second")).status_code == 401


def test_an_account_can_be_added(doubles: Running) -> None:
    post(doubles, "/accounts", {"sid": ACCOUNT, "token": "new"}).raise_for_status()
    assert send(doubles, (ACCOUNT, "new")).status_code == 201


def test_an_accounts_numbers_show_where_they_point_and_outlast_a_reset(doubles: Running) -> None:
    numbers = {OURS: {"sms_url": "http://127.0.0.1:1/webhooks/3/"}}
    post(doubles, "/accounts", {"sid": ACCOUNT, "token": TOKEN, "numbers": numbers}).raise_for_status()
    post(doubles, "/reset").raise_for_status()
    listed = httpx.get(
        f"{doubles.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json", auth=(ACCOUNT, TOKEN)
    ).json()["incoming_phone_numbers"]
    assert [(one["phone_number"], one["sms_url"]) for one in listed] == [(OURS, numbers[OURS]["sms_url"])]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "12"}, 21211),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21619),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_it_refuses_what_twilio_refuses(doubles: Running, fields: dict[str, str], code: int) -> None:
    answer = send(doubles, (ACCOUNT, TOKEN), **fields)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_stop_blocks_the_pair_until_start(doubles: Running) -> None:
    for word, status in (("stop", 400), ("START", 201)):
        wanted = {"url": "http://127.0.0.1:1/", "account_sid": ACCOUNT, "to": OURS, "from": JO, "body": word}
        post(doubles, "/simulate/inbound", wanted)
        assert send(doubles).status_code == status


def test_everything_is_forgotten_on_reset_but_the_accounts(doubles: Running) -> None:
    send(doubles)
    post(doubles, "/simulate/opt-out", {"from": JO}).raise_for_status()
    post(doubles, "/reset").raise_for_status()
    assert log(doubles) == {"messages": [], "requests": [], "callbacks": [], "calls": []}
    assert send(doubles).status_code == 201


def test_only_so_many_messages_are_kept(doubles: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_store, "MAX_MESSAGE_COUNT", 2)
    for _ in range(3):
        send(doubles)
    assert len(log(doubles)["messages"]) == 2


def test_a_typing_error_in_a_behaviour_is_told(doubles: Running) -> None:
    assert post(doubles, "/behaviour", {"nxt": []}).status_code == 400
    assert post(doubles, "/behaviour", {"next": [{"statsu": 500}]}).status_code == 400


@pytest.mark.parametrize(
    ("callbacks", "expected"),
    [
        ({}, ["queued", "sent", "delivered"]),
        ({"duplicate_count": 1}, ["queued", "queued", "sent", "sent", "delivered", "delivered"]),
    ],
)
def test_status_callbacks_come_in_order_and_signed(
    doubles: Running, callbacks: dict[str, Any], expected: list[str]
) -> None:
    came: list[tuple[str, str, dict[str, str]]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            came.append((self.path, self.headers["X-Twilio-Signature"], dict(parse_qsl(body))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    Thread(target=server.serve_forever, daemon=True).start()
    post(doubles, "/behaviour", {"callbacks": {**callbacks, "delay_seconds": 0.01}}).raise_for_status()
    url = f"http://127.0.0.1:{server.server_port}/status/?key=a%20b"
    send(doubles, StatusCallback=f"{url}#rc=2")
    eventually(lambda: len(log(doubles)["callbacks"]) == len(expected))
    server.shutdown()
    server.server_close()
    assert [fields["MessageStatus"] for _, _, fields in came] == expected
    assert all(path == "/status/?key=a%20b" for path, _, _ in came)
    assert all(RequestValidator(TOKEN).validate(url, fields, signed) for _, signed, fields in came)
    assert {callback["answer"] for callback in log(doubles)["callbacks"]} == {204}


def test_shuffled_callbacks_are_all_sent_and_the_message_still_ends_delivered(doubles: Running) -> None:
    post(doubles, "/behaviour", {"callbacks": {"is_shuffled": True, "delay_seconds": 0}}).raise_for_status()
    for _ in range(5):
        send(doubles, StatusCallback="http://127.0.0.1:1/")
    eventually(lambda: len(log(doubles)["callbacks"]) == 15)
    callbacks = log(doubles)["callbacks"]
    assert sorted({str(callback["status"]) for callback in callbacks}) == ["delivered", "queued", "sent"]
    by_message = [
        [callback["status"] for callback in callbacks if callback["sid"] == message["sid"]]
        for message in log(doubles)["messages"]
    ]
    assert any(order != ["queued", "sent", "delivered"] for order in by_message)
    eventually(lambda: {message["status"] for message in log(doubles)["messages"]} == {"delivered"})


def test_media_asks_for_credentials_and_redirects(doubles: Running) -> None:
    item = {"content_type": "image/png", "content_base64": base64.b64encode(b"png").decode()}
    wanted = {"url": "http://127.0.0.1:1/", "account_sid": ACCOUNT, "to": OURS, "from": JO, "media": [item]}
    post(doubles, "/simulate/inbound", wanted)
    [message] = doubles.twilio.store.messages.values()
    url = f"{doubles.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}/Media/{message.media[0]}"
    assert httpx.get(url).status_code == 401
    moved = httpx.get(url, auth=(ACCOUNT, TOKEN))
    assert moved.status_code == 307
    assert httpx.get(moved.headers["location"]).content == b"png"


def test_nonsense_is_survived(doubles: Running) -> None:
    host, port = doubles.twilio_url.removeprefix("http://").split(":")
    for junk in (b"\0\0\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"x" * 100_000):
        with socket.create_connection((host, int(port)), timeout=5) as client:
            client.sendall(junk)
    assert httpx.get(f"{doubles.twilio_url}/").json() == {"double": "twilio"}


def test_the_log_can_be_asked_for_some_numbers(doubles: Running) -> None:
    send(doubles)
    to = log(doubles)["messages"][0]["to"]
    ask = f"{doubles.twilio_url}/log"
    assert [one["to"] for one in httpx.get(ask, params={"to": [to, "+15550000000"]}).json()["messages"]] == [to]
    assert httpx.get(ask, params={"to": "+15550000000"}).json() == {"messages": []}
