"""Pictures that a mail only names, fetched by us for an agent who asked for them: the sender learns nothing of him.

The address is a stranger's: only public hosts, each hop looked at anew, nothing but pictures, nothing large or slow.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore
from urllib.parse import urljoin

import httpx
from django.conf import settings
from django.core import signing
from django.urls import reverse

from channels_ingest.adapters.downloads import client_for, content_of, pinned
from channels_ingest.adapters.failures import AdapterError, Permanent, Transient
from channels_ingest.adapters.media_types import real_type

SALT = "remote image"
LIFETIME = timedelta(hours=4)
MAX_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 3
TOTAL_SECONDS = 8.0
AT_ONCE = 8
TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_PORTS = {"https": 443, "http": 80}
_MAX_URL_LENGTH = 4_000
# Nothing that tells who asks, and nothing compressed: what is counted is what is kept.
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "Onethread image proxy"}
_places = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its real type, one of ``TYPES``."""

    content: bytes
    content_type: str


def link(url: str) -> str | None:
    """A short-lived address of ours that shows the picture; None for what can't be one."""
    text = f"https:{url}" if url.startswith("//") else url.strip()
    if len(text) > _MAX_URL_LENGTH or not text.lower().startswith(("https://", "http://")):
        return None
    return settings.PUBLIC_URL + reverse("remote_image", args=[signing.dumps(text, salt=SALT, compress=True)])


def read(token: str) -> str | None:
    """The address that a link stands for; None where it is forged or too old."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=LIFETIME))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def fetch(url: str) -> Picture:
    """The picture. Raises Permanent where there is none to be had, Transient where there may be later."""
    if not _places.acquire(timeout=TOTAL_SECONDS / 2):
        raise Transient("Too many pictures are being fetched.", code="busy")
    try:
        return _fetch(url, time.monotonic() + TOTAL_SECONDS)
    except AdapterError:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Transient("The picture can't be fetched.", code="fetch") from error
    finally:
        _places.release()


def _fetch(url: str, deadline: float) -> Picture:
    timeout = httpx.Timeout(4.0, connect=3.0)
    with client_for(timeout) as client:
        for _ in range(MAX_REDIRECTS + 1):
            response = client.send(_request(client, url), stream=True)
            try:
                if not response.is_redirect:
                    return _picture(response, deadline)
                url = urljoin(url, response.headers.get("location", ""))
            finally:
                response.close()
    raise Permanent("The picture's address leads from one place to the next.", code="redirects")


def _request(client: httpx.Client, text: str) -> httpx.Request:
    url = httpx.URL(text)
    port = _PORTS.get(url.scheme, 0)
    if not port or not url.host or url.port not in (None, port):
        raise Permanent("Pictures are fetched from ordinary web addresses only.", code="url")
    client.cookies.clear()
    return pinned(client, url, port, _HEADERS)


def _picture(response: httpx.Response, deadline: float) -> Picture:
    if not response.is_success:
        raise Permanent(f"The host answers {response.status_code}.", code=str(response.status_code))
    content = content_of(response, max_bytes=MAX_BYTES, deadline=deadline, what="picture")
    kind = real_type(content, "")
    if kind not in TYPES:
        raise Permanent("That is no picture.", code="type")
    return Picture(content, kind)
