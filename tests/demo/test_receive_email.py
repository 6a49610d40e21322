"""Mail by a pipe: stored or kept by the mail server, never lost between the two."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import OperationalError

from channels_ingest import ledger, processing
from channels_ingest.models import Connection, InboundEvent
from channels_ingest.views import MAX_BODY_BYTES
from conversations.models import Message
from helpdesk.management.commands import receive_email
from tests import build
from tests.stack import ROOT

MAIL = (
    b"From: Jo <jo@customer.example>\r\nTo: help@shop.example\r\nSubject: Zip\r\n"
    b"Message-ID: <1@customer.example>\r\n\r\nIt is broken.\r\n"
)


@pytest.mark.django_db
def test_a_piped_mail_is_stored_as_verified_and_becomes_a_message() -> None:
    channel = build.channel("email")
    assert receive_email.receive(channel.pk, MAIL) == os.EX_OK
    event = InboundEvent.objects.get()
    assert (event.path, event.is_verified) == ("pipe", True)
    assert "authorization" not in event.headers
    processing.process(event.pk)
    assert Message.objects.get().text == "It is broken."


@pytest.mark.django_db
def test_the_same_mail_piped_twice_is_one_message() -> None:
    channel = build.channel("email")
    for _ in range(2):
        assert receive_email.receive(channel.pk, MAIL) == os.EX_OK
    processing.process(InboundEvent.objects.get().pk)
    assert Message.objects.count() == 1
    assert ledger.counts()["duplicate"] == 1


@pytest.mark.django_db
def test_a_channel_without_a_connection_leaves_the_mail_with_the_server() -> None:
    channel = build.channel("email")
    Connection.objects.all().delete()
    assert receive_email.receive(channel.pk, MAIL) == os.EX_TEMPFAIL


@pytest.mark.django_db
def test_a_huge_mail_is_refused_and_its_beginning_kept() -> None:
    channel = build.channel("email")
    content = MAIL + b"x" * MAX_BODY_BYTES
    assert receive_email.receive(channel.pk, content) == os.EX_DATAERR
    assert InboundEvent.objects.get().state == "quarantined"


@pytest.mark.django_db
def test_a_failing_database_is_told_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = build.channel("email")

    def away(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(ledger, "accept", away)
    with pytest.raises(OperationalError):
        receive_email.receive(channel.pk, MAIL)


def test_a_database_that_is_away_exits_with_try_again() -> None:
    nowhere = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    command = [sys.executable, "manage.py", "receive_email", "--channel", "1"]
    done = subprocess.run(command, cwd=ROOT, env=nowhere, input=MAIL, capture_output=True)
    assert done.returncode == os.EX_TEMPFAIL
    assert b"try again later" in done.stderr
