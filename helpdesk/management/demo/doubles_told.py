"""Tells the doubles whom they stand in for, so that they can sign for it from the start."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from django.conf import settings
from django.urls import reverse

from helpdesk.embedded.doubles import DoublePorts
from helpdesk.management.demo.kept import Facts

# No proxy from the environment stands between us and our own loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_SECONDS = 2


def tell(ports: DoublePorts, channels: Facts) -> bool:
    """Whether the doubles heard. One that isn't running learns what it can from the first message it is sent."""
    twilio = {name: one for name, one in channels.items() if "account_sid" in one}
    told = [_post(f"{ports.twilio_url}/accounts", _account(name, one)) for name, one in twilio.items()]
    numbers = [one for one in channels.values() if "phone_number_id" in one]
    told += [_post(f"{ports.graph_url}/numbers", _number(one)) for one in numbers]
    return all(told)


def _account(name: str, channel: Facts) -> Facts:
    """With its number, whose addresses are set as the channel's page says: the live test finds nothing amiss."""
    webhook, status = (
        settings.PUBLIC_URL + reverse(view, args=[channel["id"]]) for view in ("webhook", "webhook_status")
    )
    urls = {"sms": {"sms_url": webhook}, "phone": {"voice_url": webhook, "status_callback": status}}.get(name)
    numbers = {channel["address"]: urls} if urls else {}
    return {"sid": channel["account_sid"], "token": channel["auth_token"], "numbers": numbers}


def _number(channel: Facts) -> Facts:
    return {
        "phone_number_id": channel["phone_number_id"],
        "display_phone_number": channel["address"],
        "access_token": channel["access_token"],
        "app_secret": channel["app_secret"],
        "webhook_url": settings.PUBLIC_URL + reverse("webhook", args=[channel["id"]]),
    }


def _post(url: str, content: Facts) -> bool:
    request = urllib.request.Request(url, data=json.dumps(content).encode(), method="POST")  # noqa: S310
    try:
        with _opener.open(request, timeout=_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False
