"""Calls in the Twilio double: it follows documents as Twilio does, and says what was heard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import filetype
import httpx
import pytest
from twilio.request_validator import RequestValidator

from doubles.background import Running, running

ACCOUNT, TOKEN = "AC" + "1" * 32, "token"
DOCUMENTS = {
    "/voice/": '<Gather input="speech dtmf" action="/voice/answer/"><Say>Hello?</Say></Gather>'
    '<Say>Nothing heard</Say><Record action="/voice/left/" recordingStatusCallback="/voice/status/"/><Say>Bye</Say>',
    "/voice/answer/": "<Say>Thank you</Say><Redirect>/voice/end/</Redirect>",
    "/voice/left/": "<Say>Kept</Say><Hangup/>",
    "/voice/end/": "<Say>The end</Say>",
}


class Product(BaseHTTPRequestHandler):
    """What Twilio would call."""

    asked: list[tuple[str, dict[str, str], bool]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        url = f"http://{self.headers['Host']}{self.path}"
        signed = RequestValidator(TOKEN).validate(url, fields, self.headers["X-Twilio-Signature"])
        self.asked.append((self.path, fields, signed))
        document = f"<Response>{DOCUMENTS.get(self.path, '')}</Response>".encode()
        self.send_response(200 if self.path != "/broken/" else 500)
        self.send_header("Content-Length", str(len(document)))
        self.end_headers()
        self.wfile.write(document)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def product() -> Iterator[str]:
    Product.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Product)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def doubles() -> Iterator[Running]:
    with running({ACCOUNT: TOKEN}) as started:
        yield started


def call(doubles: Running, url: str, what: str = "", **more: Any) -> Any:
    wanted = {"account_sid": ACCOUNT, "from": "+15005550006", "to": "+15005550001", "url": url, **more}
    return httpx.post(f"{doubles.twilio_url}/simulate/call{what}", json=wanted, timeout=20).json()


def test_a_scripted_caller_hears_speaks_and_is_told_of_signed(doubles: Running, product: str) -> None:
    told = call(doubles, f"{product}/voice/", says=["My parcel"])
    assert told["heard"] == ["Hello?", "Thank you", "The end"]
    assert all(signed for _, _, signed in Product.asked)
    path, fields, _ = Product.asked[1]
    assert (path, fields["SpeechResult"], fields["CallSid"]) == ("/voice/answer/", "My parcel", told["sid"])
    path, fields, _ = Product.asked[-1]
    assert (path, fields["CallStatus"]) == ("/voice/status/", "completed")
    assert httpx.get(f"{doubles.twilio_url}/log").json()["calls"][0]["sid"] == told["sid"]


def test_silence_falls_through_and_a_message_is_recorded_for_the_account_alone(doubles: Running, product: str) -> None:
    told = call(doubles, f"{product}/voice/", says=[None, {"message": "Call me", "seconds": 9}])
    assert told["heard"] == ["Hello?", "Nothing heard", "(tone)", "Kept"]
    fields = next(fields for path, fields, _ in Product.asked if path == "/voice/left/")
    assert fields["RecordingDuration"] == "9"
    assert httpx.get(fields["RecordingUrl"] + ".mp3").status_code == 401
    got = httpx.get(fields["RecordingUrl"] + ".mp3", auth=(ACCOUNT, TOKEN))
    assert filetype.guess(got.content).mime == "audio/mpeg"


def test_by_hand_each_step_shows_what_was_heard_so_far(doubles: Running, product: str) -> None:
    begun = call(doubles, f"{product}/voice/", "/start")
    assert (begun["waits_for"], begun["heard"]) == ("listening", ["Hello?"])
    over = httpx.post(f"{doubles.twilio_url}/simulate/call/say", json={"sid": begun["sid"], "digits": "0"}).json()
    assert (over["status"], over["heard"][-1]) == ("completed", "The end")
    again = call(doubles, f"{product}/voice/", "/start")
    httpx.post(f"{doubles.twilio_url}/simulate/call/hangup", json={"sid": again["sid"]})
    shown = httpx.get(f"{doubles.twilio_url}/simulate/call/{again['sid']}").json()
    assert (shown["status"], shown["heard"]) == ("completed", ["Hello?"])


def test_what_is_no_document_is_heard_as_an_error_and_reset_forgets(doubles: Running, product: str) -> None:
    assert "application error" in call(doubles, f"{product}/broken/", says=["x"])["heard"][0]
    httpx.post(f"{doubles.twilio_url}/reset")
    assert httpx.get(f"{doubles.twilio_url}/log").json()["calls"] == []
