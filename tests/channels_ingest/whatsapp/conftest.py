"""What the WhatsApp tests share. Those that need no database run without one."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from doubles.background import Running, running
from tests.channels_ingest.twilio.requests import ACCOUNT, PUBLIC_URL, TOKEN
from tests.channels_ingest.whatsapp.requests import ACCESS_TOKEN, NUMBER_ID, OUR_NUMBER


@pytest.fixture
def public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """We are known by one public address."""
    monkeypatch.setattr(settings, "PUBLIC_URLS", [PUBLIC_URL], raising=False)


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    """The far sides, in a thread."""
    with running({ACCOUNT: TOKEN}) as far_side:
        yield far_side


@pytest.fixture
def far_side(doubles: Running) -> Running:
    """The same, with nothing remembered but one number of ours."""
    httpx.post(f"{doubles.graph_url}/reset").raise_for_status()
    httpx.post(f"{doubles.twilio_url}/reset").raise_for_status()
    number = {"phone_number_id": NUMBER_ID, "display_phone_number": OUR_NUMBER, "access_token": ACCESS_TOKEN}
    httpx.post(f"{doubles.graph_url}/numbers", json=number).raise_for_status()
    return doubles
