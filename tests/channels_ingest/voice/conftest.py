"""The phone channel of these tests."""

from __future__ import annotations

import pytest

from ai_tier1.models import Rollout
from channels_ingest.voice import script
from conversations.models import Channel
from tests import build


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A phone channel whose tier-1 answers; nobody waits longer than a moment."""
    monkeypatch.setattr(script, "HELD_SECONDS", 0.0)
    channel = build.channel("phone")
    Rollout.objects.create(channel=channel, mode=Rollout.Mode.ALWAYS)
    return channel
