"""A live test as its page asks for it: begun by a POST, looked at again and again until it is over."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from channels_ingest import live_check
from channels_ingest.live_check import Check
from helpdesk.accounts.doors import is_fragment


def asked(request: HttpRequest, channel_id: int) -> Check | None:
    """The test that the request begins or asks for; None where it is as the page shows it already."""
    if request.method == "POST":
        begun = live_check.begin(channel_id)
        return begun if is_fragment(request) else live_check.finished(begun, channel_id)
    found = live_check.so_far(channel_id, request.GET.get("run", ""))
    return None if not found.is_over and request.GET.get("seen") == str(len(found.lines)) else found


def shown(check: Check, path: str) -> dict[str, Any]:
    """For the template. ``again`` is where the next look goes; empty once it is over."""
    again = "" if check.is_over else f"{path}?run={check.run}&seen={len(check.lines)}"
    return {"lines": check.lines, "is_away": check.is_away, "is_checked": True, "again": again}
