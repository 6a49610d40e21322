"""Secrets that were made just now, on their way to the one page that shows them. Encrypted while they wait."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest

from helpdesk import secrets

KEY = "secrets_shown_once"


def keep(request: HttpRequest, channel_id: int, made: Mapping[str, str]) -> None:
    """For the next look at the channel's page."""
    if made:
        request.session[KEY] = {str(channel_id): secrets.encrypt(json.dumps(dict(made)))}


def take(request: HttpRequest, channel_id: int) -> dict[str, str]:
    """What was made, the first time it is asked for; then never again."""
    kept = request.session.get(KEY, {})
    if str(channel_id) not in kept:
        return {}
    del request.session[KEY]
    made: dict[str, str] = json.loads(secrets.decrypt(kept[str(channel_id)]))
    return made
