"""The doubles, and channels that send by them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from channels_ingest.models import Connection
from conversations.models import Channel
from doubles.background import Running, running
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.outbox.far_side import behave


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    with running({build.TWILIO["account_sid"]: build.TWILIO["auth_token"]}) as far_side:
        yield far_side


@pytest.fixture
def twilio(doubles: Running) -> Iterator[str]:
    """The double's address; it calls nobody back by itself."""
    httpx.post(f"{doubles.twilio_url}/reset")
    behave(doubles.twilio_url, callbacks={"is_off": True})
    yield doubles.twilio_url


@pytest.fixture
def sms(twilio: str) -> Channel:
    channel = build.channel("sms")
    Connection.objects.update(settings={"base_url": twilio, "read_timeout_seconds": 1})
    build.sms(channel)
    return channel


@pytest.fixture
def mail(doubles: Running) -> Channel:
    httpx.post(f"{doubles.smtp_url}/reset")
    channel = build.channel("email")
    Connection.objects.update(
        settings={"smtp_host": doubles.smtp_host, "smtp_port": doubles.smtp_port, "smtp_security": "none"}
    )
    return channel


@pytest.fixture
def ada() -> User:
    return build.user("Ada")
