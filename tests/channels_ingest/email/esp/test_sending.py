"""Sending through the double of both services: what leaves, and every way it can fail told apart."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import httpx
import pytest

from channels_ingest.adapters.email import esp_sending
from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from channels_ingest.adapters.outgoing import OutboundAttachment, OutboundMessage
from doubles.background import Running, running
from tests.channels_ingest.email.esp.requests import KEY, SIGNING_KEY, adapter

SERVICES = ["postmark", "mailgun"]
OUR_ID = "<ours@shop.example>"


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    with running() as far_side:
        yield far_side


@pytest.fixture
def url(doubles: Running) -> str:
    httpx.post(f"{doubles.esp_url}/reset")
    for account in (
        {"service": "postmark", "key": "token", "domain": "shop.example"},
        {"service": "mailgun", "key": "key", "domain": "shop.example", "signing_key": SIGNING_KEY},
    ):
        assert httpx.post(f"{doubles.esp_url}/accounts", json=account).status_code == 200
    return doubles.esp_url


def service_at(url: str, service: str, **credentials: str) -> EspAdapter:
    base = f"{url}/v3/" if service == "mailgun" else url
    return adapter(service, {"api_url": base}, **credentials)


def behave(url: str, **wanted: Any) -> None:
    assert httpx.post(f"{url}/behaviour", json=wanted).status_code == 200


def mails(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}/log").json()["mails"]
    return found


def outbound(**changes: Any) -> OutboundMessage:
    fields: dict[str, Any] = {
        "idempotency_key": KEY,
        "to_address": "jo@customer.example",
        "to_name": "Jo Müller, Esq.",
        "from_address": "help@shop.example",
        "from_name": "Ada (Fernhill)",
        "text": "Your kettle is on its way.",
        "subject": "Kettle",
        "rfc_message_id": OUR_ID,
        "in_reply_to": "<k1@customer.example>",
        "references": ("<k0@customer.example>", "<k1@customer.example>"),
        "reply_token": "abcdefghijklmnopqrstuvwxyz",
        "attempted_at": datetime.now(UTC) - timedelta(minutes=5),
    }
    return OutboundMessage(**{**fields, **changes})


@pytest.mark.parametrize("service", SERVICES)
def test_a_mail_leaves_with_everything_that_threads_it(url: str, service: str) -> None:
    result = service_at(url, service).send(outbound(is_automatic=True))
    (mail,) = mails(url)
    assert (result.provider_message_id, result.state) == (mail["id"], "sent")
    assert mail["message_id"] == OUR_ID
    assert (mail["subject"], mail["text"].strip()) == ("Re: Kettle", "Your kettle is on its way.")
    assert mail["in_reply_to"] == "<k1@customer.example>"
    assert mail["references"] == "<k0@customer.example> <k1@customer.example>"
    assert "help+abcdefghijklmnopqrstuvwxyz@shop.example" in mail["reply_to"]
    assert mail["metadata"] == {"onethread_delivery": KEY}
    headers = {name.lower(): value for name, value in mail["headers"]}
    assert (headers["auto-submitted"], headers["x-auto-response-suppress"]) == ("auto-generated", "All")
    assert "Ada (Fernhill)" in mail["from"] and "help@shop.example" in mail["from"]
    assert "jo@customer.example" in mail["to"] and "Müller, Esq." in mail["to"]


@pytest.mark.parametrize("service", SERVICES)
def test_files_and_pictures_leave_with_the_mail(url: str, service: str) -> None:
    picture = OutboundAttachment("photo.png", "image/png", b"\x89PNG\x00", content_id="photo@shop")
    bill = OutboundAttachment("Rechnung März.pdf", "application/pdf", b"%PDF-1.4")
    service_at(url, service).send(outbound(html='<p>See <img src="cid:photo@shop"></p>', attachments=(picture, bill)))
    (mail,) = mails(url)
    found = {one["content_type"]: one for one in mail["attachments"]}
    assert (found["image/png"]["content_id"], found["image/png"]["size"]) == ("photo@shop", 5)
    assert (found["application/pdf"]["name"], found["application/pdf"]["size"]) == ("Rechnung März.pdf", 8)
    assert not found["application/pdf"]["content_id"]
    assert "cid:photo@shop" in mail["html"]


@pytest.mark.parametrize(("service", "size"), [("postmark", 8), ("mailgun", 26)])
def test_files_that_are_too_large_for_a_service_are_refused_in_words(url: str, service: str, size: int) -> None:
    film = OutboundAttachment("film.zip", "application/zip", b"\x01" * (size * 1024 * 1024))
    with pytest.raises(Permanent) as raised:
        service_at(url, service).send(outbound(attachments=(film,)))
    assert raised.value.text == "The mail with its files is larger than the mail service takes."
    assert mails(url) == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("hostile", ["Kettle\r\nBcc: all@shop.example", "Kettle\nX-Evil: 1"])
def test_nothing_can_be_injected(url: str, service: str, hostile: str) -> None:
    service_at(url, service).send(outbound(subject=hostile, from_name=hostile, to_name=hostile))
    (mail,) = mails(url)
    assert "\n" not in mail["subject"] + mail["from"] + mail["to"]
    assert "x-evil" not in {name.lower() for name, _ in mail["headers"]}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 429, "headers": {"Retry-After": "77"}}, Transient),
        ({"status": 500}, Transient),
        ({"status": 503}, Transient),
        ({"status": 502}, OutcomeUnknown),
        ({"status": 504}, OutcomeUnknown),
        ({"status": 401}, Misconfigured),
        ({"status": 403}, Misconfigured),
        ({"status": 404}, Misconfigured),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, Misconfigured),
        ({"status": 413}, Permanent),
        ({"status": 400, "content": {"message": "no", "Message": "no", "ErrorCode": 402}}, Permanent),
        ({"status": 200, "content": {}}, OutcomeUnknown),
        ({"is_dropped": True}, OutcomeUnknown),
        ({"is_dropped": True, "is_taken": True}, OutcomeUnknown),
    ],
)
def test_every_failure_is_told_apart(
    url: str, service: str, answer: dict[str, Any], expected: type[AdapterError]
) -> None:
    behave(url, next=[answer])
    with pytest.raises(expected) as raised:
        service_at(url, service).send(outbound())
    assert raised.value.text.strip().endswith((".", "no"))
    if isinstance(raised.value, Transient) and answer["status"] == 429:
        assert raised.value.retry_after_seconds == 77
    assert len(mails(url)) == int(answer.get("is_taken", False))


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        (10, "The Server Token was invalid.", Misconfigured),
        (300, "Invalid 'From' address: 'x'.", Misconfigured),
        (300, "Invalid 'To' address: 'jo@customer.example'.", Permanent),
        (400, "The 'From' address you supplied is not a Sender Signature.", Misconfigured),
        (405, "Not allowed to send.", Misconfigured),
        (412, "While your account is pending approval, all recipients must share your domain.", Misconfigured),
        (
            406,
            "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: "
            "jo@customer.example.\nInactive recipients are ones that have generated a hard bounce.",
            Permanent,
        ),
        (100, "Maintenance.", Transient),
    ],
)
def test_postmarks_own_codes_come_first(url: str, code: int, words: str, expected: type[AdapterError]) -> None:
    behave(url, next=[{"status": 422, "content": {"ErrorCode": code, "Message": words}}])
    with pytest.raises(expected):
        service_at(url, "postmark").send(outbound())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("'from' parameter is not a valid address. please check documentation", Misconfigured),
        ("'to' parameter is not a valid address. please check documentation", Permanent),
        ("Domain shop.example is not allowed to send: Please activate your account", Misconfigured),
    ],
)
def test_mailguns_words_are_understood(url: str, words: str, expected: type[AdapterError]) -> None:
    behave(url, next=[{"status": 400, "content": {"message": words}}])
    with pytest.raises(expected):
        service_at(url, "mailgun").send(outbound())


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_key_is_ours_to_mend(url: str, service: str) -> None:
    for credentials in ({"server_token": "wrong", "api_key": "wrong"}, {"server_token": "", "api_key": ""}):
        with pytest.raises(Misconfigured):
            service_at(url, service, **credentials).send(outbound())


@pytest.mark.parametrize("service", [*SERVICES, "sparkpost"])
def test_an_api_that_is_not_there(service: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"  # bound, but nobody listens
        with pytest.raises(Transient):
            adapter(service, {"api_url": address}).send(outbound())
    for wrong in ("not a url", "ftp://x/", "http://", "http://["):
        with pytest.raises(Misconfigured):
            adapter(service, {"api_url": wrong}).send(outbound())


@pytest.mark.parametrize("service", SERVICES)
def test_an_answer_that_never_comes_may_mean_anything(url: str, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esp_sending, "TIMEOUT_SECONDS", (1.0, 0.3))
    behave(url, next=[{"hang_seconds": 1.0, "is_taken": True}])
    with pytest.raises(OutcomeUnknown):
        service_at(url, service).send(outbound())


@pytest.mark.parametrize("address", ["nobody", "a@b@c.example", "jo@customer.example, eve@evil.example", "jo@", "<x>"])
def test_what_is_no_address_is_never_sent(url: str, address: str) -> None:
    with pytest.raises(Permanent):
        service_at(url, "postmark").send(outbound(to_address=address))
    assert mails(url) == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_taken_is_found_and_what_was_not_is_sent_again(url: str, service: str) -> None:
    ours = service_at(url, service)
    assert ours.find_sent(outbound()) is None
    sent = ours.send(outbound())
    ours.send(outbound(idempotency_key="f" * 32, rfc_message_id="<another@shop.example>"))
    found = ours.find_sent(outbound())
    assert found is not None and found.provider_message_id == sent.provider_message_id


@pytest.mark.parametrize("service", SERVICES)
def test_in_doubt_nothing_is_sent_again(url: str, service: str) -> None:
    ours = service_at(url, service)
    ours.send(outbound())
    behave(url, is_search_behind=True)
    with pytest.raises(OutcomeUnknown):
        ours.find_sent(outbound(attempted_at=datetime.now(UTC)))  # too recent to be listed
    with pytest.raises(OutcomeUnknown):
        service_at(url, service, server_token="wrong", api_key="wrong").find_sent(outbound())
    with pytest.raises(OutcomeUnknown):
        adapter(service, {"api_url": "http://127.0.0.1:9/"}).find_sent(outbound())
    with pytest.raises(OutcomeUnknown):
        adapter("sparkpost").find_sent(outbound())


def lines(found: EspAdapter) -> dict[str, bool]:
    return {one.name: one.is_ok for one in found.check()}


def test_the_live_test_says_what_is_missing(url: str) -> None:
    assert lines(service_at(url, "postmark")) == {
        "Postmark accepts the token": True, "Mails come here": False, "Mails come whole": False,
        "Delivery reports come here": False, "Webhook secret": True,
    }  # fmt: skip
    assert lines(service_at(url, "postmark", server_token="wrong")) == {
        "The service accepts us": False,
        "Webhook secret": True,
    }
    door = "https://onethread:s@help.example/webhooks/3"
    hooks = {"inbound_url": f"{door}/postmark/", "tracking_url": f"{door}/postmark/", "is_raw": True}
    httpx.post(f"{url}/accounts", json={"service": "postmark", "key": "token", **hooks})
    hooks = {"inbound_url": f"{door}/mailgun/mime", "tracking_url": f"{door}/mailgun/", "domain": "shop.example"}
    httpx.post(f"{url}/accounts", json={"service": "mailgun", "key": "key", **hooks})
    for service in SERVICES:
        assert all(lines(service_at(url, service)).values()), service
    hooks |= {"inbound_url": f"{door}4/mailgun/", "is_active": False}
    httpx.post(f"{url}/accounts", json={"service": "mailgun", "key": "key", **hooks})
    found = lines(service_at(url, "mailgun"))
    assert not found["Mailgun sends for the domain"] and not found["Mails come here"]


def test_every_line_says_what_to_do(url: str) -> None:
    for service in SERVICES:
        for line in service_at(url, service, webhook_secret="").check():
            assert line.is_ok or line.what_to_do, line.name


class SparkPost(BaseHTTPRequestHandler):
    """Takes transmissions as SparkPost does, and keeps the last one."""

    taken: ClassVar[dict[str, Any]] = {}

    def do_POST(self) -> None:
        """Queue it."""
        type(self).taken = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        results = {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "11668787484950529"}
        answer = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def test_a_mail_leaves_by_sparkpost() -> None:
    server = HTTPServer(("127.0.0.1", 0), SparkPost)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    found = adapter("sparkpost", {"api_url": f"http://127.0.0.1:{server.server_port}/api/v1"})
    assert found.send(outbound()).provider_message_id == "11668787484950529"
    thread.join(5)
    server.server_close()
    content = SparkPost.taken["content"]
    assert (content["subject"], content["text"].strip()) == ("Re: Kettle", "Your kettle is on its way.")
    assert content["headers"]["In-Reply-To"] == "<k1@customer.example>"
    assert SparkPost.taken["metadata"] == {"onethread_delivery": KEY}


@pytest.mark.parametrize("service", [*SERVICES, "sparkpost"])
def test_the_addresses_to_copy_lead_here_and_hold_no_secret(service: str) -> None:
    ours = adapter(service)
    doors = list(ours.doors(["https://help.example", "http://127.0.0.1:8000"]))
    assert len(doors) == 4
    for door in doors:
        assert ours.is_ours(door.value) and "onethread:SECRET@" in door.value
        assert "hook-secret" not in door.value
    assert doors[0].value.endswith("mime") == (service == "mailgun")
    assert not ours.is_ours(doors[0].value.replace("/3/", "/4/"))
