"""Waiting until a stack says itself that all of it works."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

ASK_EVERY_SECONDS = 0.3
COMPLAIN_EVERY_SECONDS = 30.0
# No proxy from the environment stands between us and our own loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait_until_ready(base_url: str, *, is_supervised: Callable[[], bool], complain: Callable[[str], None]) -> bool:
    """Ask ``/health/ready`` until nothing is missing; False if the supervisor ended meanwhile."""
    next_complaint = time.monotonic() + COMPLAIN_EVERY_SECONDS
    while is_supervised():
        missing = _missing(base_url)
        if not missing:
            return True
        if time.monotonic() > next_complaint:
            complain(f"Still waiting for: {', '.join(missing)}. The logs may say why.")
            next_complaint = time.monotonic() + COMPLAIN_EVERY_SECONDS
        time.sleep(ASK_EVERY_SECONDS)
    return False


def _missing(base_url: str) -> list[str]:
    try:
        with _opener.open(f"{base_url}/health/ready", timeout=5) as answer:
            facts = json.load(answer)
    except urllib.error.HTTPError as error:
        return [f"web (answers {error.code})"]
    except (OSError, ValueError):
        return ["web"]
    return [name for name, state in facts["parts"].items() if state != "ok"]
