"""Fetching what came along with a WhatsApp message, without being led anywhere else.

Meta gives a media id. It resolves to a URL that lives five minutes and wants the access token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import httpx

from channels_ingest.adapters.downloads import client_for, content_of, pinned
from channels_ingest.adapters.failures import Misconfigured, Permanent, Transient
from channels_ingest.adapters.incoming import InboundAttachment
from channels_ingest.adapters.media_types import named_after, real_type
from channels_ingest.adapters.whatsapp_cloud_api import CONNECT_SECONDS, UNKNOWN_OBJECT_SUBCODE, GraphApi
from channels_ingest.adapters.whatsapp_cloud_json import Json, text
from channels_ingest.adapters.whatsapp_cloud_words import MEDIA_SCHEME

# Meta's own limit for documents.
MAX_BYTES = 100 * 1024 * 1024
TOTAL_SECONDS = 60.0
# Where Meta keeps files.
_META_DOMAINS = (".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".facebook.com")


class Expired(Exception):
    """The URL has lived its five minutes."""


def fetch_media(attachment: InboundAttachment, api: GraphApi, phone_number_id: str) -> InboundAttachment:
    """The attachment with its content, its real type, and a name with the extension of that type.

    Raises Transient where it may work later, Permanent where the file is too large, gone, or not at
    Meta, and Misconfigured where the token is refused.
    """
    media_id = attachment.url.removeprefix(MEDIA_SCHEME)
    if not attachment.url.startswith(MEDIA_SCHEME) or not media_id.replace("_", "").replace("-", "").isalnum():
        raise Permanent("The file's id is not one of Meta's.", code="media_id")
    for _ in range(2):
        found = _resolve(api, media_id, phone_number_id)
        try:
            content = _download(text(found.get("url"), 4_000), api)
        except Expired:
            continue
        _check_digest(content, found)
        content_type = real_type(content, text(found.get("mime_type"), 120) or attachment.content_type)
        return InboundAttachment(named_after(attachment.name, content_type), content_type, content, attachment.url)
    raise Transient("Meta's link to the file had expired before it was followed.", code="media_expired")


def _resolve(api: GraphApi, media_id: str, phone_number_id: str) -> Json:
    try:
        return api.get(media_id, {"phone_number_id": phone_number_id})
    except Misconfigured as error:
        if error.code == UNKNOWN_OBJECT_SUBCODE:
            raise Permanent("Meta does not keep this file any more.", code="media_gone") from error
        raise


def _check_digest(content: bytes, found: Json) -> None:
    wanted = text(found.get("sha256"), 100)
    digest = hashlib.sha256(content)
    # Documented as base64; hexadecimal digits have been seen too.
    spellings = (base64.b64encode(digest.digest()).decode(), digest.hexdigest())
    if wanted and not any(hmac.compare_digest(one.encode(), wanted.encode()) for one in spellings):
        raise Transient("The file came spoilt.", code="media_digest")


def _download(url: str, api: GraphApi) -> bytes:
    timeout = httpx.Timeout(15.0, connect=CONNECT_SECONDS)
    with client_for(timeout) as client:
        request = _request(client, url, api)
        try:
            response = client.send(request, stream=True)
            try:
                return _read(response, time.monotonic() + TOTAL_SECONDS)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise Transient("The file could not be fetched from Meta.", code="media_fetch") from error


def _request(client: httpx.Client, link: str, api: GraphApi) -> httpx.Request:
    """The token goes to Meta alone: to the API we are told of, and to the hosts that it keeps files on."""
    try:
        url, base = httpx.URL(link), httpx.URL(api.base_url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Permanent("The file's address is not a valid URL.", code="media_url") from error
    headers = {"Authorization": f"Bearer {api.token}", "Accept-Encoding": "identity", "User-Agent": "onethread"}
    if (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port):
        return client.build_request("GET", url.copy_with(username=None, password=None), headers=headers)
    if url.scheme != "https" or not url.host.endswith(_META_DOMAINS) or url.port not in {None, 443}:
        raise Permanent(f"The file is not at Meta but at {url.host[:100]}.", code="media_host")
    return pinned(client, url, 443, headers)


def _read(response: httpx.Response, deadline: float) -> bytes:
    status = response.status_code
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.FORBIDDEN}:
        raise Expired
    if status == httpx.codes.UNAUTHORIZED:
        raise Misconfigured("Meta refuses the file: check the access token.", code=str(status))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise Transient("Meta can't give the file now.", code=str(status))
    if not response.is_success:
        raise Permanent(f"Meta does not give the file (HTTP {status}).", code=str(status))
    return content_of(response, max_bytes=MAX_BYTES, deadline=deadline)
