"""The demo shop: loaded twice it is the same, and its past is only looked at."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import wave
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from ai_tier1.models import Article, Turn
from channels_ingest import outbox
from conversations.actions import claiming
from conversations.models import Attachment, Call, Conversation, Delivery, Handoff, Message, Note
from customers.models import Customer
from helpdesk.accounts import api_tokens
from helpdesk.accounts.models import User
from helpdesk.events import followers, log
from helpdesk.events.models import Event, EventClock, Follower
from helpdesk.management.demo import kept

# Two hundred conversations go through the same actions as real ones: on a busy machine that takes its time.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for all tests here and taken back after them; its data directory."""
    data_dir = tmp_path_factory.mktemp("demo")
    here = override_settings(DATA_DIR=data_dir, MEDIA_ROOT=data_dir / "files")
    with django_db_blocker.unblock(), here, transaction.atomic():
        # A test that committed empties the tables behind it, the event clock among them.
        EventClock.objects.get_or_create()
        load()
        yield data_dir
        transaction.set_rollback(True)


def load() -> dict[str, Any]:
    """Run the command and read what it prints."""
    printed = StringIO()
    call_command("demo", "--json", stdout=printed)
    facts: dict[str, Any] = json.loads(printed.getvalue())
    return facts


def row_counts() -> dict[str, int]:
    """How many rows every table of ours has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_loading_again_prints_the_same_and_adds_no_row(shop: Path) -> None:
    first = kept.read(shop)
    rows = row_counts()
    assert load() == first
    assert row_counts() == rows


def test_facts_are_kept_where_only_the_owner_reads_them(shop: Path) -> None:
    assert kept.path(shop).stat().st_mode & 0o777 == 0o600


def test_everybody_can_log_in_and_use_the_api(shop: Path) -> None:
    facts = kept.read(shop)
    for person in [facts["admin"], *facts["agents"]]:
        user = authenticate(None, email=person["email"], password=person["password"])
        token = api_tokens.find(person["api_token"])
        assert user is not None
        assert token is not None
        assert token.user == user


def test_a_lost_file_gives_new_log_ins_that_work(shop: Path, tmp_path: Path) -> None:
    before = kept.read(shop)["admin"]
    with override_settings(DATA_DIR=tmp_path):
        after = load()["admin"]
    assert authenticate(None, email=after["email"], password=after["password"]) is not None
    assert authenticate(None, email=before["email"], password=before["password"]) is None


def test_the_past_is_neither_sent_nor_answered(shop: Path) -> None:
    for name in followers.names():
        assert followers.run_follower(name) == 0
    assert not Turn.objects.exists()
    assert claiming.due() == []
    assert outbox.unfetched() == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered", "read", "failed"}
    assert not Delivery.objects.exclude(secret=None).exists()


def test_the_log_is_numbered_without_gaps_in_the_order_of_time(shop: Path) -> None:
    events = list(Event.objects.order_by("seq").values_list("seq", "created_at"))
    numbers = [seq or 0 for seq, _ in events]
    # Told in a word: the difference of two long lists takes minutes to draw.
    assert (numbers[-1] - numbers[0] + 1, len(set(numbers))) == (len(numbers), len(numbers))
    assert [at for _, at in events] == sorted(at for _, at in events)
    assert {place.position for place in Follower.objects.all()} == {log.last_seq()}


def test_the_past_lies_behind_us(shop: Path) -> None:
    now = timezone.now()
    moments = list(Message.objects.values_list("created_at", flat=True))
    assert max(moments) < now - timedelta(minutes=5)
    assert min(moments) > now - timedelta(days=60)
    for row in Conversation.objects.filter(merged_into=None):
        newest = row.messages.order_by("-pk")[0]
        assert row.last_message_at == newest.created_at
        assert row.waiting_since is None or row.waiting_since < now
        assert row.snoozed_until is None or row.snoozed_until > now


def test_where_nothing_runs_the_command_says_so_in_a_sentence(tmp_path: Path) -> None:
    for wish in ([], ["--remove"]):
        told = subprocess.run(
            [sys.executable, "manage.py", "demo", *wish, "--data-dir", str(tmp_path)],
            env={name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 2
        # A pool, where one is wanted, may note before that it found nobody.
        assert "CommandError: Onethread is not running on" in told.stderr
        assert "Traceback" not in told.stderr


def test_the_shop_is_believable(shop: Path) -> None:
    conversations = Conversation.objects.filter(merged_into=None)
    kinds = [frozenset(row.channel_kinds) for row in conversations]
    assert Article.objects.published().count() >= 40
    assert conversations.count() >= 200
    assert Customer.objects.filter(merged_into=None).exclude(name="").count() >= 30
    assert {"en", "de", "fr", "es", "ja", "el", "uk", "ar", "ko"} <= set(
        conversations.values_list("language", flat=True)
    )
    assert set(conversations.values_list("state", flat=True)) == {"open", "snoozed", "resolved", "spam"}
    assert {"off", "answered", "offered", "handed_off"} <= set(conversations.values_list("tier1_state", flat=True))
    assert {"chat", "email", "sms"} <= frozenset().union(*kinds)
    assert sum(len(kind) > 1 for kind in kinds) >= 15
    assert max(row.message_count for row in conversations) >= 30
    assert Message.objects.filter(author_kind="ai").exclude(citations=[]).count() >= 50
    assert Note.objects.count() >= 20
    assert Handoff.objects.exclude(known_facts=[]).count() >= 30
    assert Attachment.objects.filter(content_type="image/png", size__gt=1000).count() >= 8


def test_calls_of_the_past_are_over_and_were_answered_aloud(shop: Path) -> None:
    calls = Call.objects.all()
    assert {call.state for call in calls} == {Call.State.ENDED}
    assert {call.outcome for call in calls} >= {"answered", "handed_off", "voicemail", "call_back"}
    assert any(not call.address for call in calls)
    assert all(call.started_at < call.ended_at < timezone.now() for call in calls if call.ended_at)
    said = Message.objects.filter(author_kind="ai", call__in=calls)
    assert said.exclude(full_text="").exists()
    assert set(said.values_list("channel__kind", "delivery_state")) == {("phone", "delivered")}
    recording = Attachment.objects.filter(content_type="audio/wav").first()
    assert recording is not None
    with recording.file.open() as file, wave.open(file) as sound:
        assert sound.getnframes() > 8 * sound.getframerate()


def test_ada_opens_a_lively_inbox(shop: Path) -> None:
    ada = User.objects.get(email="ada@fernhill.example")
    count = {view: Conversation.objects.in_view(view, ada).count() for view in ("mine", "unassigned", "ai", "all")}
    assert count["mine"] >= 4
    assert 6 <= count["unassigned"] <= 40
    assert count["ai"] >= 4
    assert 30 <= count["all"] <= 100
    assert Conversation.objects.filter(assignee=ada, unread_count__gt=0).exists()
    recent = Message.objects.filter(created_at__gt=timezone.now() - timedelta(days=4)).count()
    assert recent > Message.objects.count() / 4


def test_an_answer_quotes_the_article_it_cites(shop: Path) -> None:
    bodies = {row.pk: plain(row.body) for row in Article.objects.all()}
    for message in Message.objects.filter(author_kind="ai").exclude(citations=[]):
        for citation in message.citations:
            for sentence in re.split(r"(?<=[.?!])\s+|\n+", citation["passage"]):
                # A row of a table is said with colons, which no article holds.
                if ": £" not in sentence and ": 2 to 3" not in sentence:
                    assert plain(sentence) in bodies[citation["article"]], sentence


def plain(text: str) -> str:
    """Without the marks of Markdown, on one line."""
    lines = re.sub(r"^\s*(?:\d+\.|-)\s", " ", text, flags=re.MULTILINE)
    return " ".join(re.sub(r"[*#|]", "", lines).split())
