"""Sending through Twilio's double: every outcome is told from every other."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import httpx
import pytest
from django.conf import settings

from channels_ingest.adapters import twilio_api
from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from channels_ingest.adapters.incoming import DeliveryUpdate, RawRequest
from channels_ingest.adapters.outgoing import OutboundAttachment
from channels_ingest.adapters.twilio_sms import TwilioSmsAdapter
from doubles.background import Running
from tests.channels_ingest.twilio.requests import ACCOUNT, JO, OUR_NUMBER, TOKEN, adapter, outbound
from tests.waiting import eventually

SERVICE = "MG" + "5" * 32


@pytest.fixture(autouse=True)
def fresh(far_side: Running) -> None:
    httpx.post(f"{far_side.twilio_url}/reset")


@pytest.fixture
def sms(far_side: Running) -> TwilioSmsAdapter:
    return adapter({"base_url": far_side.twilio_url, "read_timeout_seconds": 0.5})


def behave(far_side: Running, **wanted: Any) -> None:
    httpx.post(f"{far_side.twilio_url}/behaviour", json=wanted).raise_for_status()


def log(far_side: Running) -> dict[str, list[dict[str, Any]]]:
    return cast(dict[str, list[dict[str, Any]]], httpx.get(f"{far_side.twilio_url}/log").json())


def test_a_text_is_handed_over_with_its_parts_counted(sms: TwilioSmsAdapter, far_side: Running) -> None:
    result = sms.send(outbound(text="Grüße " * 20))
    [message] = log(far_side)["messages"]
    assert result.provider_message_id == message["sid"]
    assert (result.state, result.segment_count, result.cost, result.currency) == ("sending", 2, "", "")
    assert (message["to"], message["from"], message["body"]) == (JO, OUR_NUMBER, "Grüße " * 20)


def test_our_key_travels_in_the_callback_url(sms: TwilioSmsAdapter, far_side: Running) -> None:
    sms.send(outbound(idempotency_key="a/b c", status_callback_url="http://127.0.0.1:9/s/?x=1"))
    [request] = log(far_side)["requests"]
    assert request["form"]["StatusCallback"] == ["http://127.0.0.1:9/s/?x=1&delivery=a%2Fb%20c"]


def test_files_go_as_links_and_without_a_link_not_at_all(sms: TwilioSmsAdapter, far_side: Running) -> None:
    files = [OutboundAttachment(f"{n}.png", "image/png", b"", url=f"https://help.example/f/{n}") for n in "ab"]
    sms.send(outbound(text="", attachments=tuple(files)))
    assert log(far_side)["messages"][0]["media"] == ["https://help.example/f/a", "https://help.example/f/b"]
    with pytest.raises(Permanent):
        sms.send(outbound(attachments=(OutboundAttachment("a.png", "image/png", b"x"),)))
    assert len(log(far_side)["messages"]) == 1


def test_a_messaging_service_sends_from_the_number_that_was_written_to(far_side: Running) -> None:
    service = adapter({"base_url": far_side.twilio_url, "messaging_service_sid": SERVICE})
    service.send(outbound())
    service.send(outbound(from_address=""))
    adapter({"base_url": far_side.twilio_url}).send(outbound(from_address=SERVICE))
    forms = [request["form"] for request in log(far_side)["requests"]]
    assert [form["MessagingServiceSid"] for form in forms] == [[SERVICE]] * 3
    assert [form.get("From") for form in forms] == [[OUR_NUMBER], None, None]


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ({"status": 429, "code": 20429, "headers": {"Retry-After": "3"}}, Transient, "20429"),
        ({"status": 400, "code": 20429}, Transient, "20429"),
        ({"status": 500, "code": 20500}, Transient, "20500"),
        ({"status": 503, "code": 0}, Transient, "503"),
        ({"status": 502, "code": 0}, OutcomeUnknown, "lost_answer"),
        ({"status": 504, "code": 0}, OutcomeUnknown, "lost_answer"),
        ({"status": 400, "code": 21611}, Transient, "21611"),
        ({"status": 400, "code": 21614}, Permanent, "21614"),
        ({"status": 400, "code": 99999, "message": "New"}, Permanent, "99999"),
        ({"status": 401, "code": 20003}, Misconfigured, "20003"),
        ({"status": 403, "code": 20005}, Misconfigured, "20005"),
        ({"status": 404, "code": 20404}, Misconfigured, "20404"),
        ({"status": 400, "code": 21606}, Misconfigured, "21606"),
        ({"status": 302, "headers": {"Location": "https://evil.example/"}}, Misconfigured, "redirect"),
        ({"status": 201}, OutcomeUnknown, "no_sid"),
        ({"is_dropped": True}, OutcomeUnknown, "no_answer"),
        ({"hang_seconds": 2}, OutcomeUnknown, "no_answer"),
    ],
)
def test_each_refusal_has_its_meaning(
    sms: TwilioSmsAdapter, far_side: Running, answer: dict[str, Any], error: type[AdapterError], code: str
) -> None:
    behave(far_side, next=[answer])
    with pytest.raises(error) as caught:
        sms.send(outbound())
    assert type(caught.value) is error
    assert caught.value.code == code
    assert log(far_side)["messages"] == []


def test_the_wait_that_twilio_asks_for_is_passed_on(sms: TwilioSmsAdapter, far_side: Running) -> None:
    behave(far_side, next=[{"status": 429, "code": 20429, "headers": {"Retry-After": "3"}}])
    with pytest.raises(Transient) as caught:
        sms.send(outbound())
    assert caught.value.retry_after_seconds == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("-5", 0),
        ("nan", 0),
        ("1e9", 3600),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_a_strange_retry_after_is_survived(header: str, seconds: float | None) -> None:
    caught = twilio_api.failure(httpx.Response(429, headers={"Retry-After": header}))
    assert isinstance(caught, Transient)
    assert caught.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to_address": ""}, "21604"),
        ({"to_address": "12"}, "21211"),
        ({"text": ""}, "21619"),
        ({"text": "x" * 1601}, "21617"),
    ],
)
def test_twilio_refuses_what_can_not_be_sent(sms: TwilioSmsAdapter, changes: dict[str, str], code: str) -> None:
    with pytest.raises(Permanent) as caught:
        sms.send(outbound(**changes))
    assert caught.value.code == code


def test_nothing_reaches_a_person_who_said_stop(sms: TwilioSmsAdapter, far_side: Running) -> None:
    httpx.post(f"{far_side.twilio_url}/simulate/opt-out", json={"from": JO, "to": OUR_NUMBER}).raise_for_status()
    with pytest.raises(Permanent) as caught:
        sms.send(outbound())
    assert caught.value.code == "21610"
    assert "STOP" in caught.value.text


def test_wrong_credentials_are_a_matter_for_the_admin(far_side: Running) -> None:
    with pytest.raises(Misconfigured):
        adapter({"base_url": far_side.twilio_url}, auth_token="wrong").send(outbound())


def test_a_port_where_nobody_listens_means_that_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Transient) as caught:
        adapter({"base_url": f"http://127.0.0.1:{port}"}).send(outbound())
    assert caught.value.code == "connect"


@pytest.mark.parametrize("base_url", ["not a url", "ftp://example.com", "http://"])
def test_a_nonsense_base_url_is_a_matter_for_the_admin(base_url: str) -> None:
    with pytest.raises((Misconfigured, Transient)):
        adapter({"base_url": base_url}).send(outbound())


# Looking up a lost answer


def test_a_message_whose_answer_was_lost_is_found_and_not_sent_twice(sms: TwilioSmsAdapter, far_side: Running) -> None:
    behave(far_side, next=[{"is_dropped": True, "is_taken": True}])
    message = outbound(attempted_at=datetime.now(UTC))
    with pytest.raises(OutcomeUnknown):
        sms.send(message)
    found = sms.find_sent(message)
    assert found is not None
    assert found.provider_message_id == log(far_side)["messages"][0]["sid"]


def test_a_message_found_after_delivery_has_its_price(sms: TwilioSmsAdapter, far_side: Running) -> None:
    sms.send(outbound())
    eventually(lambda: log(far_side)["messages"][0]["status"] == "delivered")
    found = sms.find_sent(outbound())
    assert found is not None
    assert (found.cost, found.currency) == ("0.00790", "USD")


def test_an_equal_message_of_earlier_is_not_taken_for_this_one(sms: TwilioSmsAdapter) -> None:
    sms.send(outbound(text="Thanks!"))
    with pytest.raises(OutcomeUnknown) as caught:
        sms.find_sent(outbound(text="Thanks!", attempted_at=datetime.now(UTC) + timedelta(seconds=20)))
    assert caught.value.code == "too_early"


def test_absence_is_only_believed_once_the_attempt_is_over(sms: TwilioSmsAdapter) -> None:
    with pytest.raises(OutcomeUnknown):
        sms.find_sent(outbound(attempted_at=datetime.now(UTC)))
    assert sms.find_sent(outbound(attempted_at=datetime.now(UTC) - timedelta(minutes=1))) is None


def test_two_equal_messages_are_left_to_a_person(sms: TwilioSmsAdapter) -> None:
    sms.send(outbound())
    sms.send(outbound())
    with pytest.raises(OutcomeUnknown) as caught:
        sms.find_sent(outbound())
    assert caught.value.code == "several_matches"


@pytest.mark.parametrize(
    "other",
    [{"text": "Another text"}, {"to_address": "+14155550000"}, {"from_address": "+15105550199"}],
)
def test_another_text_person_or_number_is_no_match(sms: TwilioSmsAdapter, other: dict[str, str]) -> None:
    sms.send(outbound(**other))
    assert sms.find_sent(outbound()) is None


def test_a_lookup_that_fails_leaves_the_outcome_open(far_side: Running) -> None:
    for lost in (
        adapter({"base_url": far_side.twilio_url}, auth_token="wrong"),
        adapter({"base_url": "http://127.0.0.1:1"}),
    ):
        with pytest.raises(OutcomeUnknown):
            lost.find_sent(outbound(attempted_at=datetime.now(UTC) - timedelta(minutes=1)))


# Status callbacks


class _Door(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, _, query = self.path.partition("?")
        raw = RawRequest("POST", path, query, headers, body, datetime.now(UTC))
        cast(Any, self.server).came.append(raw)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def door() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Door)
    cast(Any, server).came = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def our_url(door: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"http://127.0.0.1:{door.server_port}"
    monkeypatch.setattr(settings, "PUBLIC_URLS", [url])
    return url


def came(door: HTTPServer) -> list[RawRequest]:
    return cast(list[RawRequest], cast(Any, door).came)


def test_the_whole_way_of_a_message_is_reported_back_signed(
    sms: TwilioSmsAdapter, door: HTTPServer, our_url: str
) -> None:
    sent = sms.send(outbound(status_callback_url=f"{our_url}/webhooks/3/status/"))
    eventually(lambda: len(came(door)) == 3)
    updates = []
    for raw in came(door):
        sms.verify(raw)
        updates += sms.parse(raw)
    assert [item.state for item in updates if isinstance(item, DeliveryUpdate)] == ["sending", "sent", "delivered"]
    assert {item.provider_message_id for item in updates if isinstance(item, DeliveryUpdate)} == {
        sent.provider_message_id
    }
    assert {item.idempotency_key for item in updates if isinstance(item, DeliveryUpdate)} == {"delivery-17"}


def test_the_key_comes_back_even_where_the_answer_was_lost(
    sms: TwilioSmsAdapter, far_side: Running, door: HTTPServer, our_url: str
) -> None:
    behave(
        far_side, next=[{"hang_seconds": 2, "is_taken": True}], final=[{"status": "undelivered", "error_code": 30006}]
    )
    with pytest.raises(OutcomeUnknown):
        sms.send(outbound(status_callback_url=f"{our_url}/webhooks/3/status/"))
    eventually(lambda: len(came(door)) == 3)
    [last] = sms.parse(came(door)[-1])
    assert isinstance(last, DeliveryUpdate)
    assert (last.idempotency_key, last.state, last.error_code) == ("delivery-17", "failed", "30006")


def test_an_inbound_text_comes_signed_to_the_door(
    sms: TwilioSmsAdapter, far_side: Running, door: HTTPServer, our_url: str
) -> None:
    wanted = {
        "url": f"{our_url}/webhooks/3/",
        "account_sid": ACCOUNT,
        "to": OUR_NUMBER,
        "from": JO,
        "body": "Hallo! ä+&",
    }
    answer = httpx.post(f"{far_side.twilio_url}/simulate/inbound", json=wanted).json()
    assert answer["status"] == 200
    [raw] = came(door)
    sms.verify(raw)
    [item] = sms.parse(raw)
    assert item.text == "Hallo! ä+&"  # type: ignore[union-attr]
    assert item.provider_message_id == answer["message_sid"]  # type: ignore[union-attr]


# The live test


def test_a_sound_connection_passes_its_live_test(sms: TwilioSmsAdapter, far_side: Running) -> None:
    behave(far_side, numbers={OUR_NUMBER: "https://help.example/webhooks/3/"})
    results = list(sms.check())
    assert [result.is_ok for result in results] == [True, True, True]


def test_the_live_test_says_what_to_do(sms: TwilioSmsAdapter, far_side: Running) -> None:
    behave(far_side, numbers={OUR_NUMBER: "https://old.example/"})
    *_, webhook = sms.check()
    assert "https://help.example/webhooks/3/" in webhook.what_to_do
    behave(far_side, numbers={"+15105550199": ""})
    *_, number = sms.check()
    assert (number.is_ok, OUR_NUMBER in number.what_to_do) == (False, True)
    [account] = adapter({"base_url": far_side.twilio_url}, auth_token="wrong").check()
    assert not account.is_ok
    assert "auth token" in account.what_to_do


def test_the_token_never_shows_in_an_error(far_side: Running) -> None:
    with pytest.raises(AdapterError) as caught:
        adapter({"base_url": "http://127.0.0.1:1"}).send(outbound())
    assert TOKEN not in repr(caught.value)
