"""What every request to a provider's API needs."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import httpx

MAX_RETRY_AFTER_SECONDS = 3_600.0


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """One context for all requests: loading the certificate authorities takes longer than a request."""
    return httpx.create_ssl_context()


def retry_after_seconds(response: httpx.Response) -> float | None:
    """The Retry-After header in seconds: a number or a date."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    # "nan" compares false with everything and ends as zero.
    return min(seconds, MAX_RETRY_AFTER_SECONDS) if seconds > 0 else 0.0
