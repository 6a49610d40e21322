"""Redis may be gone or hang at any moment: nothing fails, nothing waits for it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from channels_ingest.models import InboundEvent
from conversations.models import Conversation, Message
from helpdesk import stores
from helpdesk.events.models import Event
from tests import build
from tests.transactional import commits

pytestmark = commits
ROOT = Path(__file__).resolve().parents[2]
# A process of its own, so that layer, broker and cache all read the other address.
PROGRAM = """
import json, sys, time
import helpdesk.asgi
from django.test import Client
Client().get("/health/live")  # the first request loads every view
from conversations.actions import actors, replying
from conversations.models import Channel, Conversation
from helpdesk.accounts.models import User
from tests.channels_ingest.signing import twilio_fields, twilio_post

channel, conversation = Channel.objects.get(), Conversation.objects.get()
ada = User.objects.get()
began = time.monotonic()
answer = twilio_post(channel, twilio_fields(channel))
webhook = time.monotonic() - began
began = time.monotonic()
replying.reply(conversation, replying.Outgoing("On its way"), by=actors.agent(ada), user=ada)
action = time.monotonic() - began
print(json.dumps({"status": answer.status_code, "webhook": webhook, "action": action}))
"""


@contextmanager
def hanging() -> Iterator[str]:
    """A Redis that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@contextmanager
def gone() -> Iterator[str]:
    """A Redis that is not there."""
    yield "unix:///nowhere/redis.sock?db=0"


@pytest.mark.parametrize("away", [gone, hanging])
def test_without_redis_webhooks_and_actions_succeed_quickly(away) -> None:
    channel = build.channel("sms")
    build.sms(channel, "Hello")
    build.user("Ada")
    database = stores.same_database_elsewhere(settings.DATABASE_URL, str(connection.settings_dict["NAME"]))
    with away() as redis_url:
        environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": redis_url}
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100
        )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["status"] == 200
    assert found["webhook"] < 2 and found["action"] < 2, found
    # What could not be announced stands in the database, where the sweepers find it.
    assert InboundEvent.objects.get().state == "received"
    assert Message.objects.count() == 2
    assert Conversation.objects.get().message_count == 2
    assert not Event.objects.filter(seq=None).exists()
