"""The double of the mail services, spoken to as their documentation says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from doubles import http
from doubles.background import Running
from doubles.http import Request, Response

MAIL = {"From": "help@shop.example", "To": "jo@customer.example", "Subject": "Kettle", "TextBody": "Hello"}
RAW = b"From: Jo <jo@customer.example>\r\nTo: help@shop.example\r\nMessage-ID: <1@c.example>\r\n\r\nHi\r\n"


@pytest.fixture
def url(doubles: Running) -> str:
    for account in (
        {"service": "postmark", "key": "token", "is_raw": True},
        {"service": "mailgun", "key": "key", "domain": "shop.example", "signing_key": "signing"},
    ):
        assert httpx.post(f"{doubles.esp_url}/accounts", json=account).status_code == 200
    return doubles.esp_url


def postmark(url: str, **more: Any) -> httpx.Response:
    return httpx.post(f"{url}/email", json={**MAIL, **more}, headers={"X-Postmark-Server-Token": "token"})


def test_postmark_takes_finds_and_refuses(url: str) -> None:
    sent = postmark(url, Metadata={"order": "7"}).json()
    assert (sent["ErrorCode"], sent["Message"]) == (0, "OK")
    query = {"count": "5", "offset": "0", "metadata_order": "7"}
    headers = {"X-Postmark-Server-Token": "token"}
    (found,) = httpx.get(f"{url}/messages/outbound", params=query, headers=headers).json()["Messages"]
    assert found["MessageID"] == sent["MessageID"]
    query["metadata_order"] = "8"
    assert httpx.get(f"{url}/messages/outbound", params=query, headers=headers).json()["Messages"] == []
    assert postmark(url, To="nobody").json()["ErrorCode"] == 300
    assert httpx.post(f"{url}/email", json=MAIL).status_code == 401


def test_postmark_gives_its_own_message_id_unless_told_to_keep_ours(url: str) -> None:
    ours = {"Name": "Message-ID", "Value": "<ours@shop.example>"}
    postmark(url, Headers=[ours])
    postmark(url, Headers=[ours, {"Name": "X-PM-KeepID", "Value": "true"}])
    first, second = httpx.get(f"{url}/log").json()["mails"]
    assert first["message_id"] != "<ours@shop.example>" == second["message_id"]


def test_mailgun_takes_finds_and_refuses(url: str) -> None:
    fields = {"from": "help@shop.example", "to": "jo@customer.example", "subject": "Kettle", "text": "Hello"}
    sent = httpx.post(f"{url}/v3/shop.example/messages", data={**fields, "v:order": "7"}, auth=("api", "key")).json()
    assert sent["message"].startswith("Queued")
    query = {"message-id": sent["id"].strip("<>")}
    (event,) = httpx.get(f"{url}/v3/shop.example/events", params=query, auth=("api", "key")).json()["items"]
    assert event["user-variables"] == {"order": "7"}
    other = httpx.post(f"{url}/v3/other.example/messages", data=fields, auth=("api", "key"))
    assert (other.status_code, "Domain not found" in other.text) == (404, True)
    assert httpx.post(f"{url}/v3/shop.example/messages", data=fields, auth=("api", "no")).status_code == 401


async def test_mails_and_reports_are_posted_as_documented(url: str) -> None:
    got: list[Request] = []

    async def door(request: Request) -> Response:
        got.append(request)
        return Response.of({})

    server = await http.serve(door, "127.0.0.1", 0)
    base = f"http://user:pass@127.0.0.1:{http.port_of(server)}"
    async with httpx.AsyncClient() as client:
        for account in (
            {"service": "postmark", "key": "token", "is_raw": True, "inbound_url": f"{base}/p", "tracking_url": base},
            {"service": "mailgun", "key": "key", "domain": "shop.example", "signing_key": "signing",
             "inbound_url": f"{base}/mime", "tracking_url": base},
        ):  # fmt: skip
            await client.post(f"{url}/accounts", json=account)
        for service in ("postmark", "mailgun"):
            content = {
                "service": service,
                "recipient": "help@shop.example",
                "raw_base64": base64.b64encode(RAW).decode(),
            }
            assert (await client.post(f"{url}/simulate/inbound", json=content)).json() == {"statuses": [200]}
    server.close()
    by_postmark, by_mailgun = got
    assert by_postmark.headers["authorization"] == "Basic " + base64.b64encode(b"user:pass").decode()
    brought = by_postmark.json()
    assert (brought["RawEmail"], brought["FromFull"]["Email"]) == (RAW.decode(), "jo@customer.example")
    fields = {name: values[0] for name, values in parse_qs(by_mailgun.body.decode()).items()}
    proof = hmac.new(b"signing", (fields["timestamp"] + fields["token"]).encode(), hashlib.sha256).hexdigest()
    assert (fields["signature"], fields["body-mime"]) == (proof, RAW.decode())
    assert ["From", "Jo <jo@customer.example>"] in json.loads(fields["message-headers"])


def test_it_forgets_and_misbehaves_when_told(url: str) -> None:
    assert httpx.post(f"{url}/behaviour", json={"next": [{"status": 503}], "typo": 1}).status_code == 400
    httpx.post(f"{url}/reset")
    httpx.post(f"{url}/behaviour", json={"next": [{"status": 503}]})
    assert [postmark(url).status_code, postmark(url).status_code] == [503, 200]
    assert len(httpx.get(f"{url}/log").json()["mails"]) == 1
    httpx.post(f"{url}/reset")
    assert httpx.get(f"{url}/log").json() == {"mails": [], "requests": [], "webhooks": []}
