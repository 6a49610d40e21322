"""Fetching what came along with a message from Twilio, without being led anywhere else."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from channels_ingest.adapters.downloads import client_for, content_of, pinned
from channels_ingest.adapters.failures import Misconfigured, Permanent, Transient
from channels_ingest.adapters.incoming import InboundAttachment
from channels_ingest.adapters.media_types import named_after, real_type
from channels_ingest.adapters.twilio_api import CONNECT_SECONDS

MAX_BYTES = 20 * 1024 * 1024
MAX_REDIRECTS = 3
TOTAL_SECONDS = 60.0
RETRY_MISSING_SECONDS = 5.0
# Where Twilio keeps files: its API redirects to one of these.
_TWILIO_DOMAINS = (".twilio.com", ".twiliocdn.com")
_TWILIO_HOSTS = frozenset({"s3-external-1.amazonaws.com", "s3.amazonaws.com"})


@dataclass(frozen=True, slots=True)
class MediaSource:
    """The account whose files are fetched. ``base_url`` is the only place that gets its credentials."""

    base_url: str
    account_sid: str
    auth_token: str


def fetch_media(attachment: InboundAttachment, source: MediaSource) -> InboundAttachment:
    """The attachment with its content, its real type, and a name with the extension of that type.

    Raises Transient where it may work later (Twilio answers 404 shortly after arrival), Permanent where
    the file is too large, gone, or not at Twilio, and Misconfigured where the credentials are refused.
    """
    content = _download(attachment.url, source)
    content_type = real_type(content, attachment.content_type)
    return InboundAttachment(
        name=named_after(attachment.name, content_type),
        content_type=content_type,
        content=content,
        url=attachment.url,
        content_id=attachment.content_id,
        is_inline=attachment.is_inline,
    )


def _download(url: str, source: MediaSource) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    timeout = httpx.Timeout(15.0, connect=CONNECT_SECONDS)
    with client_for(timeout) as client:
        for _ in range(MAX_REDIRECTS + 1):
            request = _request(client, url, source)
            try:
                response = client.send(request, stream=True)
                try:
                    if not response.is_redirect:
                        return _read(response, deadline)
                    url = urljoin(url, response.headers.get("location", ""))
                finally:
                    response.close()
            except httpx.HTTPError as error:
                raise Transient("The file could not be fetched from Twilio.", code="media_fetch") from error
    raise Permanent("The file's address leads from one place to the next.", code="media_redirects")


def _request(client: httpx.Client, text: str, source: MediaSource) -> httpx.Request:
    try:
        url, base = httpx.URL(text), httpx.URL(source.base_url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Permanent("The file's address is not a valid URL.", code="media_url") from error
    if (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port):
        request = client.build_request("GET", url.copy_with(username=None, password=None), headers=_HEADERS)
        return next(httpx.BasicAuth(source.account_sid, source.auth_token).auth_flow(request))
    is_twilio = url.host.endswith(_TWILIO_DOMAINS) or url.host in _TWILIO_HOSTS
    if url.scheme != "https" or not is_twilio or url.port not in {None, 443}:
        raise Permanent(f"The file is not at Twilio but at {url.host[:100]}.", code="media_host")
    return pinned(client, url, 443, _HEADERS)


# Compressed answers are not asked for: what is counted is what is kept.
_HEADERS = {"Accept-Encoding": "identity"}


def _read(response: httpx.Response, deadline: float) -> bytes:
    status = response.status_code
    if status == httpx.codes.NOT_FOUND:
        raise Transient("Twilio has not stored the file yet.", code="404", retry_after_seconds=RETRY_MISSING_SECONDS)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise Misconfigured("Twilio refuses the file: check the account SID and auth token.", code=str(status))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise Transient("Twilio can't give the file now.", code=str(status))
    if not response.is_success:
        raise Permanent(f"Twilio does not give the file (HTTP {status}).", code=str(status))
    return content_of(response, max_bytes=MAX_BYTES, deadline=deadline)
