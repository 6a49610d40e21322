"""What the Twilio tests share. They need no database; settings are configured only where nobody else did."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from doubles.background import Running, running
from tests.channels_ingest.twilio.requests import ACCOUNT, PUBLIC_URL, TOKEN

if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    settings.configure()


@pytest.fixture(autouse=True)
def public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """We are known by one public address."""
    monkeypatch.setattr(settings, "PUBLIC_URLS", [PUBLIC_URL], raising=False)


@pytest.fixture(scope="module")
def far_side() -> Iterator[Running]:
    """Twilio's double, in a thread."""
    with running({ACCOUNT: TOKEN}) as doubles:
        yield doubles
