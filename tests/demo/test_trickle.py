"""New messages trickle in through the doors, for as long as they are wanted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from helpdesk import tasks
from helpdesk.accounts.models import User
from helpdesk.management.demo import kept, trickle
from helpdesk.simulation.place import Place
from tests import build

FACTS = {
    "base_url": "http://127.0.0.1:1",
    "admin": {"api_token": "a"},
    "agents": [{"api_token": "b"}],
    "channels": {
        "chat": {"key": "key"},
        "email": {"id": 2, "address": "help@fernhill.example", "inbound_secret": "s", "authserv_id": "mx"},
        "sms": {"id": 3, "address": "+441632960140", "account_sid": "AC1", "auth_token": "t"},
        "whatsapp": {"id": 4, "address": "+441632960141", "account_sid": "AC2", "auth_token": "t"},
        "whatsapp_cloud": {"id": 5, "phone_number_id": "1", "app_secret": "s"},
        "phone": {"id": 6, "address": "+441632960140", "account_sid": "AC3", "auth_token": "t"},
    },
    "doubles": dict.fromkeys(("twilio", "graph", "smtp_log"), "http://127.0.0.1:1"),
}


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A demo that was loaded, and the kinds of channel by which somebody wrote."""
    kept.write(tmp_path, FACTS)
    kinds: list[str] = []

    def send(place: Place, dice: random.Random) -> str:
        kinds.append("sms")
        return "sms"

    monkeypatch.setattr(trickle, "send", send)
    with override_settings(DATA_DIR=tmp_path, IS_DEMO=True, DEMO_TRICKLE=True):
        yield kinds


def minutes(count: float, data_dir: Path) -> None:
    """Beat looks every 20 seconds."""
    start = timezone.now()
    for step in range(int(count * 3)):
        with time_machine.travel(start + timedelta(seconds=20 * (step + 1)), tick=False):
            trickle.drip(data_dir)


def test_every_two_to_five_minutes_somebody_writes(sent: list[str], tmp_path: Path) -> None:
    minutes(60, tmp_path)
    assert 11 <= len(sent) <= 30


def test_switched_off_nobody_writes_however_often_it_is_started(sent: list[str], tmp_path: Path) -> None:
    call_command("demo", "--trickle", "off")
    minutes(30, tmp_path)
    tasks.trickle()
    assert sent == []
    assert trickle.switch(tmp_path).is_on is False
    call_command("demo", "--trickle", "on")
    minutes(30, tmp_path)
    assert sent


def test_a_setting_says_what_holds_until_somebody_sets_the_switch(sent: list[str], tmp_path: Path) -> None:
    with override_settings(DEMO_TRICKLE=False):
        minutes(20, tmp_path)
    assert sent == []


def test_without_a_demo_nobody_writes(sent: list[str], tmp_path: Path) -> None:
    kept.path(tmp_path).unlink()
    minutes(20, tmp_path)
    assert sent == []


def test_a_real_installation_has_no_trickle(sent: list[str], tmp_path: Path) -> None:
    trickle.turn(tmp_path, is_on=True)
    with override_settings(IS_DEMO=False), time_machine.travel(timezone.now() + timedelta(hours=1)):
        tasks.trickle()
    assert sent == []


def test_a_message_that_fails_waits_for_its_next_turn(
    sent: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def fails(*_: object) -> str:
        tries.append(1)
        raise OSError("nobody there")

    monkeypatch.setattr(trickle, "send", fails)
    trickle.turn(tmp_path, is_on=True)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        with pytest.raises(OSError, match="nobody there"):
            trickle.drip(tmp_path)
        assert trickle.drip(tmp_path) == ""
    assert len(tries) == 1


def test_what_is_sent_is_somebody_s_words_by_one_of_the_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(trickle, "_deliver", lambda place, kind, person, subject, text: told.append((kind, text)))
    dice = random.Random(3)  # noqa: S311 - a story, no secret
    for _ in range(60):
        trickle.send(Place.of(FACTS), dice)
    assert {kind for kind, _ in told} == set(trickle.KINDS)
    assert len({text for _, text in told}) > 40
    assert all(text and "{" not in text for _, text in told)


@pytest.mark.django_db
def test_the_switch_is_for_admins(sent: list[str], tmp_path: Path) -> None:
    with override_settings(ROOT_URLCONF="tests.demo.urls"):
        client = Client()
        assert client.post("/demo/trickle/", {"is_on": "false"}).status_code == 403
        client.force_login(build.user("Ada"))
        assert client.post("/demo/trickle/", {"is_on": "false"}).status_code == 403
        assert trickle.switch(tmp_path).is_on
        client.force_login(build.user("Grace", User.Role.ADMIN))
        assert client.post("/demo/trickle/", {"is_on": "maybe"}).status_code == 400
        assert client.post("/demo/trickle/", {"is_on": "false"}).json() == {"is_on": False}
        assert not trickle.switch(tmp_path).is_on
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(User.objects.get(name="Grace"))
        assert strict.post("/demo/trickle/", {"is_on": "true"}).status_code == 403
