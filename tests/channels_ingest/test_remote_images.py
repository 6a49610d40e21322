"""Pictures from elsewhere: never by themselves, only through us, and never from inside our own network."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from channels_ingest import remote_images
from channels_ingest.adapters import downloads
from channels_ingest.adapters.failures import AdapterError, Permanent, Transient
from channels_ingest.adapters.public_hosts import resolve_public
from tests import build

GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
PAGE = '<p>Look</p><img src="http://pictures.example/a.gif"><img src="//cdn.example/b.png"><img src="cid:x@y">'


class Far:
    """A host elsewhere: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {"/a.gif": (200, {}, GIF)}
        self.asked: list[Any] = []
        far = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                far.asked.append((self.path, dict(self.headers)))
                status, headers, body = far.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "pictures.example") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    """Names under .example lead to it; every other name is looked up as ever."""
    there = Far()

    def resolve(host: str, port: int) -> str:
        return "127.0.0.1" if host.endswith(".example") else resolve_public(host, port)

    monkeypatch.setattr(downloads, "resolve_public", resolve)
    monkeypatch.setattr(remote_images, "_PORTS", {"http": there.port, "https": 443})
    yield there
    there.server.shutdown()
    there.server.server_close()


def test_a_picture_comes_as_what_it_is_and_tells_nothing_of_us(far: Far) -> None:
    picture = remote_images.fetch(far.url("/a.gif"))

    assert (picture.content, picture.content_type) == (GIF, "image/gif")
    ((_, headers),) = far.asked
    assert headers["Host"].startswith("pictures.example")
    assert not {"Cookie", "Referer", "Authorization", "X-Forwarded-For"} & headers.keys()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.gif",
        "http://localhost/a.gif",
        "http://[::1]/a.gif",
        "http://[::ffff:127.0.0.1]/a.gif",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/a.gif",
        "http://192.168.1.1/a.gif",
        "http://100.64.0.1/a.gif",
        "http://0.0.0.0/a.gif",
        "http://2130706433/a.gif",
        "http://0x7f.1/a.gif",
        "http://[64:ff9b::7f00:1]/a.gif",
        "https://user:password@127.0.0.1/a.gif",
        "ftp://pictures.example/a.gif",
        "file:///etc/passwd",
        "gopher://pictures.example/",
        "http://pictures.example:22/a.gif",
        "http:///a.gif",
        "http://",
        "",
        "http://[/",
    ],
)
def test_nothing_is_fetched_from_inside_or_by_other_ways(url: str) -> None:
    with pytest.raises(AdapterError):
        remote_images.fetch(url)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/a.gif", "http://169.254.169.254/", "file:///etc/passwd", "/moved"]
)
def test_a_redirect_is_looked_at_anew(far: Far, target: str) -> None:
    far.answers["/moved"] = (302, {"Location": target}, b"")

    with pytest.raises(Permanent):
        remote_images.fetch(far.url("/moved"))

    assert all(path == "/moved" for path, _ in far.asked) and len(far.asked) <= remote_images.MAX_REDIRECTS + 1


def test_a_redirect_to_another_public_host_is_followed_without_its_cookies(far: Far) -> None:
    there = far.url("/a.gif", host="cdn.example")
    far.answers["/moved"] = (302, {"Location": there, "Set-Cookie": "who=ada"}, b"")

    assert remote_images.fetch(far.url("/moved")).content == GIF
    assert all("Cookie" not in headers for _, headers in far.asked)


@pytest.mark.parametrize(
    "body",
    [b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>", b"<html></html>", b"", b"%PDF-1.7", b"{}"],
)
def test_what_is_no_picture_is_not_handed_on(far: Far, body: bytes) -> None:
    far.answers["/b"] = (200, {"Content-Type": "image/png"}, body)

    with pytest.raises(Permanent):
        remote_images.fetch(far.url("/b"))


def test_a_picture_without_end_is_cut_off(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    far.answers["/big"] = (200, {}, GIF + b"\x00" * 300_000)
    monkeypatch.setattr(remote_images, "MAX_BYTES", 100_000)

    with pytest.raises(Permanent, match="larger"):
        remote_images.fetch(far.url("/big"))


def test_a_few_are_fetched_at_once(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_images, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(remote_images, "TOTAL_SECONDS", 0.2)
    with remote_images._places, pytest.raises(Transient, match="Too many"):
        remote_images.fetch(far.url("/a.gif"))


def test_a_link_is_only_good_if_we_made_it() -> None:
    made = remote_images.link("//cdn.example/b.png") or ""
    token = urlsplit(made).path.rpartition("/")[2]

    assert remote_images.read(token) == "https://cdn.example/b.png"
    assert remote_images.read(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert remote_images.link("javascript:x()") is None


# In the inbox


@pytest.mark.django_db
def test_a_mails_remote_pictures_load_only_when_asked_for(far: Far) -> None:
    ada = build.user("Ada")
    message = build.mail(build.channel("email"), html=PAGE.replace("pictures.example", f"pictures.example:{far.port}"))
    client = Client()
    client.force_login(ada)
    address = f"/inbox/messages/{message.message.pk}/html/"

    blocked = client.get(address).content.decode()
    assert 'src="http' not in blocked.replace('data-src="http', "") and far.asked == []

    shown = client.get(address + "?images=1").content.decode()
    (first, second) = [part.partition('"')[0] for part in shown.split(' src="')[1:]]
    assert "/files/remote/" in first and "/files/remote/" in second and "data-src" not in shown

    picture = Client().get(urlsplit(first).path)
    assert (picture.status_code, picture.content, picture["Content-Type"]) == (200, GIF, "image/gif")
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert [path for path, _ in far.asked] == ["/a.gif"]


def test_a_forged_link_fetches_nothing(far: Far) -> None:
    assert Client().get("/files/remote/" + "x" * 40).status_code == 404
    assert far.asked == []
