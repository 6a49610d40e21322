"""A demo of a few channels whose doubles are real, in this process."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from conversations.models import Channel
from doubles.background import Running, running
from helpdesk.accounts.models import User
from tests import build


class Pocket:
    """A browser at the page. ``ask`` is what its script posts."""

    def __init__(self, far_side: Running, channels: dict[str, Channel], agent: User) -> None:
        self.far_side, self.channels, self.agent = far_side, channels, agent
        # Limits count by address, and Redis outlives a test.
        home = f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        self.browser = Client(enforce_csrf_checks=True, REMOTE_ADDR=home)

    def ask(self, path: str, *, csrf: str | None = None, **content: Any) -> Any:
        """The answer to a POST of JSON, with the page's own CSRF token."""
        if csrf is None:
            csrf = self.browser.get("/demo/").cookies["onethread_csrf"].value
        return self.browser.post(
            f"/demo/{path}", json.dumps(content), content_type="application/json", headers={"X-CSRFToken": csrf}
        )

    def person(self) -> dict[str, str]:
        """Somebody new."""
        person: dict[str, str] = self.ask("pocket/person/").json()
        return person


@pytest.fixture(scope="session")
def far_side() -> Iterator[Running]:
    with running({build.TWILIO["account_sid"]: build.TWILIO["auth_token"]}) as doubles:
        yield doubles


@pytest.fixture
def pocket(db: None, settings: Any, tmp_path: Path, far_side: Running) -> Pocket:
    """``/demo/`` as ``up --demo`` mounts it."""
    channels = {kind: build.channel(kind) for kind in ("chat", "sms", "email")}
    agent = build.user("Ada")
    facts = {
        "base_url": "http://127.0.0.1:9",
        "agents": [{"email": agent.email}],
        "channels": {
            "chat": {"id": channels["chat"].pk, "key": channels["chat"].key},
            "sms": {"id": channels["sms"].pk, "address": channels["sms"].address, **build.TWILIO},
            "email": {
                "id": channels["email"].pk,
                "address": channels["email"].address,
                "inbound_secret": build.MAIL_SECRET,
                "authserv_id": "mx.shop.example",
            },
        },
        "doubles": {"twilio": far_side.twilio_url, "smtp_log": far_side.smtp_url},
    }
    (tmp_path / "demo.json").write_text(json.dumps(facts))
    settings.DATA_DIR, settings.IS_DEMO, settings.ROOT_URLCONF = tmp_path, True, "tests.pocket.demo_urls"
    return Pocket(far_side, channels, agent)
