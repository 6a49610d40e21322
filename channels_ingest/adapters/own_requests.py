"""Requests that we make ourselves of what we fetched: signed with our own key, since no provider posts them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.crypto import salted_hmac

from channels_ingest.adapters.incoming import RawRequest


@dataclass(frozen=True, slots=True)
class Seal:
    """How requests of one kind are signed. ``scheme`` is the Authorization header's, ``salt`` keeps kinds apart."""

    scheme: str
    salt: str

    def signed(self, request: RawRequest, connection_id: int) -> RawRequest:
        """The request with a signature that holds for this connection alone, over all that it says."""
        shown = f"{self.scheme} {self._signature(request, connection_id, request.headers)}"
        return replace(request, headers={**request.headers, "authorization": shown})

    def fits(self, request: RawRequest, connection_id: int, names: Iterable[str]) -> bool:
        """Whether we ourselves made the request. ``names`` are the headers that such a request has."""
        scheme, _, shown = request.header("authorization").partition(" ")
        present = [name for name in names if name in request.headers]
        expected = self._signature(request, connection_id, present)
        return scheme == self.scheme and hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode())

    def _signature(self, request: RawRequest, connection_id: int, names: Iterable[str]) -> str:
        parts = [str(connection_id), request.method, request.path, request.query]
        parts += [f"{name}={request.header(name)}" for name in sorted(names)]
        digests = [hashlib.sha256(part.encode("utf-8", "replace")).hexdigest() for part in parts]
        digests.append(hashlib.sha256(request.body).hexdigest())
        return salted_hmac(self.salt, " ".join(digests), algorithm="sha256").hexdigest()
