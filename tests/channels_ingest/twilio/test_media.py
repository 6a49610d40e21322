"""Files that came along: fetched from Twilio, and from nowhere else."""

from __future__ import annotations

import socket
from typing import Any, cast

import httpx
import pytest

from channels_ingest.adapters import twilio_media
from channels_ingest.adapters.failures import Misconfigured, Permanent, Transient
from channels_ingest.adapters.incoming import InboundAttachment
from channels_ingest.adapters.public_hosts import is_public
from doubles.background import Running
from doubles.twilio_store import StoredMessage
from tests.channels_ingest.twilio.requests import ACCOUNT, adapter

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def fresh(far_side: Running) -> None:
    httpx.post(f"{far_side.twilio_url}/reset")


def stored(far_side: Running, content: bytes = PNG, declared: str = "image/png") -> InboundAttachment:
    """A file that somebody sent us."""
    media = far_side.twilio.store.add_media(declared, content)
    message = StoredMessage(ACCOUNT, "+1", "+2", "", [media], direction="inbound")
    far_side.twilio.store.add(message)
    url = f"{far_side.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}/Media/{media}"
    return InboundAttachment("file-1.png", declared, url=url)


def requests(far_side: Running) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], httpx.get(f"{far_side.twilio_url}/log").json()["requests"])


def test_a_file_is_fetched_through_the_redirect(far_side: Running) -> None:
    fetched = adapter({"base_url": far_side.twilio_url}).fetch(stored(far_side))
    assert (fetched.content, fetched.content_type, fetched.name) == (PNG, "image/png", "file-1.png")


@pytest.mark.parametrize(
    ("content", "declared", "real"),
    [
        (PNG, "text/html", "image/png"),
        (b"<script>alert(1)</script>", "text/html", "application/octet-stream"),
        (b"<svg onload=x>", "image/svg+xml", "application/octet-stream"),
        (b"BEGIN:VCARD", "text/vcard", "text/vcard"),
        (b"\0\1\2", "text/plain", "application/octet-stream"),
        (b"", "image/png", "application/octet-stream"),
    ],
)
def test_the_type_is_what_the_bytes_are(far_side: Running, content: bytes, declared: str, real: str) -> None:
    fetched = adapter({"base_url": far_side.twilio_url}).fetch(stored(far_side, content, declared))
    assert fetched.content_type == real


def test_a_file_that_is_not_there_yet_is_tried_again(far_side: Running) -> None:
    attachment = stored(far_side)
    httpx.post(f"{far_side.twilio_url}/behaviour", json={"media_missing_count": 1})
    sms = adapter({"base_url": far_side.twilio_url})
    with pytest.raises(Transient) as caught:
        sms.fetch(attachment)
    assert caught.value.retry_after_seconds
    assert sms.fetch(attachment).content == PNG


def test_wrong_credentials_are_a_matter_for_the_admin(far_side: Running) -> None:
    with pytest.raises(Misconfigured):
        adapter({"base_url": far_side.twilio_url}, auth_token="wrong").fetch(stored(far_side))


def test_a_file_beyond_the_cap_is_refused(far_side: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_media, "MAX_BYTES", 1000)
    with pytest.raises(Permanent) as caught:
        adapter({"base_url": far_side.twilio_url}).fetch(stored(far_side, PNG + b"x" * 1000))
    assert caught.value.code == "media_too_large"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data/",
        "https://evil.example/x",
        "https://api.twilio.com.evil.example/x",
        "https://eviltwilio.com/x",
        "https://api.twilio.com@evil.example/x",
        "http://media.twiliocdn.com/x",
        "https://media.twiliocdn.com:8443/x",
        "file:///etc/passwd",
        "//",
        "",
        "https://[::1",
    ],
)
def test_a_file_elsewhere_is_not_fetched(far_side: Running, url: str) -> None:
    with pytest.raises(Permanent):
        adapter({"base_url": far_side.twilio_url}).fetch(InboundAttachment("a", "image/png", url=url))
    assert requests(far_side) == []


@pytest.mark.parametrize("location", ["http://169.254.169.254/", "https://evil.example/", "http://localhost:1/x"])
def test_a_redirect_elsewhere_is_not_followed(far_side: Running, location: str) -> None:
    attachment = stored(far_side)
    httpx.post(f"{far_side.twilio_url}/behaviour", json={"media_location": location})
    with pytest.raises(Permanent):
        adapter({"base_url": far_side.twilio_url}).fetch(attachment)


def test_a_redirect_in_a_circle_ends(far_side: Running) -> None:
    attachment = stored(far_side)
    httpx.post(f"{far_side.twilio_url}/behaviour", json={"media_location": attachment.url})
    with pytest.raises(Permanent) as caught:
        adapter({"base_url": far_side.twilio_url}).fetch(attachment)
    assert caught.value.code == "media_redirects"


def test_a_twilio_name_that_leads_into_our_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(Permanent) as caught:
        adapter().fetch(InboundAttachment("a", "image/png", url="https://media.twiliocdn.com/x"))
    assert caught.value.code == "private_address"


def test_credentials_stay_with_the_api_and_other_hosts_are_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    source = twilio_media.MediaSource("https://api.twilio.com", ACCOUNT, "secret")
    with httpx.Client() as client:
        api = twilio_media._request(client, "https://api.twilio.com/x", source)
        cdn = twilio_media._request(client, "https://user:word@media.twiliocdn.com/x?a=1", source)
    assert "authorization" in api.headers
    assert "authorization" not in cdn.headers
    assert str(cdn.url) == "https://93.184.215.14/x?a=1"
    assert cdn.headers["host"] == "media.twiliocdn.com"
    assert cdn.extensions["sni_hostname"] == "media.twiliocdn.com"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((address, True) for address in ("93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14")),
        *((address, False) for address in ("10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1")),
        *(
            (address, False)
            for address in ("::1", "::ffff:127.0.0.1", "fe80::1%eth0", "64:ff9b::7f00:1", "2002:7f00:1::")
        ),
        ("nonsense", False),
    ],
)
def test_only_public_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected
