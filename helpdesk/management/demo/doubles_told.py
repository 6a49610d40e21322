"""Tells the Twilio double which account it stands in for, so that it can sign for it from the start."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from helpdesk.embedded.doubles import DoublePorts
from helpdesk.management.demo.kept import Facts

# No proxy from the environment stands between us and our own loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_SECONDS = 2


def tell(ports: DoublePorts, sms: Facts) -> bool:
    """Whether the double heard. One that isn't running learns the account from the first text it sends."""
    account = json.dumps({"sid": sms["account_sid"], "token": sms["auth_token"]}).encode()
    request = urllib.request.Request(f"{ports.twilio_url}/accounts", data=account, method="POST")  # noqa: S310
    try:
        with _opener.open(request, timeout=_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False
