"""Mail that a real Postfix hands over by its pipe: what we can't store now, it keeps."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from channels_ingest import ledger
from channels_ingest.models import InboundEvent
from conversations.models import Message
from helpdesk import stores
from tests import build
from tests.channels_ingest.imap.boxes import a_mail, work_off
from tests.channels_ingest.pipe import postfix
from tests.stack import ROOT
from tests.transactional import commits
from tests.waiting import eventually

pytestmark = [
    commits,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not os.environ.get("POSTFIX"), reason="No Postfix here: apt-get install postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts as root only"),
]

# Few: each starts a process of ours.
MAILS = 3
NOWHERE = "postgresql:///nowhere?host=/nonexistent"


def test_a_database_that_is_away_loses_no_mail_and_doubles_none() -> None:
    channel = build.channel("email", address=f"help@{postfix.DOMAIN}")
    here = stores.same_database_elsewhere(settings.DATABASE_URL, str(connection.settings_dict["NAME"]))
    is_away = [True]

    def receive_email(mail: bytes) -> int:
        """The command as a mail server runs it."""
        command = [sys.executable, "manage.py", "receive_email", "--channel", str(channel.pk)]
        environment = {**os.environ, "DATABASE_URL": NOWHERE if is_away[0] else here}
        done = subprocess.run(command, cwd=ROOT, env=environment, input=mail, check=False, capture_output=True)
        return done.returncode

    with postfix.running(receive_email) as server:
        with smtplib.SMTP("127.0.0.1", server.port) as session:
            for number in range(MAILS):
                mail = a_mail(f"Mail {number}", sender=f"jo{number}@customer.example")
                session.sendmail(f"jo{number}@customer.example", [channel.address], mail)
        eventually(lambda: len(server.codes) >= MAILS, within_seconds=90)
        assert set(server.codes) == {os.EX_TEMPFAIL}
        assert server.queued() == MAILS
        assert not InboundEvent.objects.exists()
        is_away[0] = False
        eventually(lambda: server.codes.count(os.EX_OK) == MAILS and not server.queued(), within_seconds=90)
        assert "status=bounced" not in server.words()
    work_off()
    assert sorted(Message.objects.values_list("text", flat=True)) == [f"Mail {number}" for number in range(MAILS)]
    counts = ledger.counts(channel)
    assert (counts["received"], counts["processed"]) == (MAILS, MAILS)


def test_the_envelope_is_told_and_what_is_too_large_is_refused() -> None:
    channel = build.channel("email", address=f"help@{postfix.DOMAIN}")
    codes = iter([os.EX_OK, os.EX_DATAERR])
    seen: list[bytes] = []

    def receive_email(mail: bytes) -> int:
        seen.append(mail)
        return next(codes)

    with postfix.running(receive_email) as server:
        for _ in range(2):
            with smtplib.SMTP("127.0.0.1", server.port) as session:
                session.sendmail("jo@customer.example", [channel.address], a_mail())
            eventually(lambda: not server.queued(), within_seconds=30)
        eventually(lambda: "status=bounced" in server.words(), within_seconds=10)
    assert all(mail.startswith(b"Return-Path: <jo@customer.example>\n") for mail in seen)
