"""Fetching from an address that somebody else chose, without being led into our own network or kept busy."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx

from channels_ingest.adapters.failures import Permanent, Transient
from channels_ingest.adapters.http import tls_context
from channels_ingest.adapters.public_hosts import resolve_public


def client_for(timeout: httpx.Timeout) -> httpx.Client:
    """Follows nothing by itself, so that every hop is looked at; a proxy from the environment would resolve names
    itself."""
    return httpx.Client(timeout=timeout, verify=tls_context(), follow_redirects=False, trust_env=False)


def pinned(client: httpx.Client, url: httpx.URL, port: int, headers: Mapping[str, str]) -> httpx.Request:
    """A GET to exactly the address that was found to be public: a second answer of the name server can't lead
    elsewhere. The certificate is still checked for the host's name.

    Raises Permanent where the host is not on the public internet, Transient where it can't be found now.
    """
    to = url.copy_with(host=resolve_public(url.host, port), username=None, password=None, fragment=None)
    extensions = {"sni_hostname": url.host} if url.scheme == "https" else {}
    return client.build_request("GET", to, headers={**headers, "Host": url.host}, extensions=extensions)


def content_of(response: httpx.Response, *, max_bytes: int, deadline: float, what: str = "file") -> bytes:
    """The body, by a moment of the monotonic clock. Raises Permanent where it is larger, Transient where it is slower.

    Read as it comes over the wire: no compressed answer is asked for, and what is counted is what is kept.
    """
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > max_bytes:
            raise Permanent(f"The {what} is larger than {max_bytes // 1024**2} MB.", code="media_too_large")
        if time.monotonic() > deadline:
            raise Transient(f"The {what} comes too slowly.", code="media_slow")
    return bytes(content)
