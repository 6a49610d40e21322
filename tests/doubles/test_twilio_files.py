"""Twilio's double fetches what it is to send, and refuses what Twilio refuses."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from doubles.background import Running
from tests.doubles.conftest import ACCOUNT, TOKEN
from tests.waiting import eventually

OURS, JO = "+15105550100", "+14155552671"
MB = 1024 * 1024
# By path: type and size.
FILES = {
    "/photo.png": ("image/png", 4 * MB),
    "/big.png": ("image/png", 6 * MB),
    "/bill.pdf": ("application/pdf", 9),
    "/page.html": ("text/html", 9),
    "/unnamed": ("application/octet-stream", 9),
}


class Shelf(BaseHTTPRequestHandler):
    """Where our files lie."""

    def do_GET(self) -> None:
        kind, size = FILES.get(self.path, ("text/plain", 0))
        self.send_response(200 if size else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(b"\x01" * size)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def shelf() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Shelf)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def ended(doubles: Running, *urls: str, prefix: str = "") -> dict[str, Any]:
    """A message with these files, once it has gone its way."""
    fields = {"To": prefix + JO, "From": prefix + OURS, "Body": "hi", "MediaUrl": list(urls)}
    url = f"{doubles.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/Messages"
    sid = httpx.post(f"{url}.json", data=fields, auth=(ACCOUNT, TOKEN)).json()["sid"]

    def row() -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{url}/{sid}.json", auth=(ACCOUNT, TOKEN)).json()
        return found

    eventually(lambda: row()["status"] in ("failed", "read" if prefix else "delivered"))
    return row()


@pytest.mark.parametrize(
    ("paths", "prefix", "code"),
    [
        (["/photo.png"], "", None),
        (["/bill.pdf"], "whatsapp:", None),
        (["/photo.png", "/photo.png"], "", 11751),
        (["/big.png"], "whatsapp:", 63019),
        (["/nowhere"], "", 11200),
        (["/nowhere"], "whatsapp:", 63019),
        (["/page.html"], "", 12300),
        (["/unnamed"], "", 12300),
    ],
)
def test_files_are_fetched_and_looked_at(
    doubles: Running, shelf: str, paths: list[str], prefix: str, code: int | None
) -> None:
    row = ended(doubles, *[shelf + path for path in paths], prefix=prefix)
    assert row["error_code"] == code
    assert row["status"] == ("failed" if code else "read" if prefix else "delivered")
    (sent,) = httpx.get(f"{doubles.twilio_url}/log").json()["messages"]
    assert [one["url"] for one in sent["fetched"]] == [shelf + path for path in paths]


def test_an_address_that_nobody_reaches_fails_the_message(doubles: Running) -> None:
    assert ended(doubles, "http://127.0.0.1:9/photo.png")["error_code"] == 11200


def test_whatsapp_takes_one_file(doubles: Running, shelf: str) -> None:
    fields = {"To": f"whatsapp:{JO}", "From": f"whatsapp:{OURS}", "MediaUrl": [f"{shelf}/photo.png"] * 2}
    url = f"{doubles.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert httpx.post(url, data=fields, auth=(ACCOUNT, TOKEN)).json()["code"] == 21623
