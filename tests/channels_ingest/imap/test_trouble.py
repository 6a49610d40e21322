"""One bad mail, a wrong password, two workers at once: what goes wrong is told, and holds up nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels_ingest.adapters.email.imap import MailboxSession
from channels_ingest.adapters.failures import Transient
from channels_ingest.mailboxes import accounts, polling, reading
from channels_ingest.mailboxes.models import Mailbox, MailPutAside
from channels_ingest.models import InboundEvent
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.imap.boxes import Box, a_mail
from tests.channels_ingest.imap.dovecot import Dovecot
from tests.races import at_once
from tests.transactional import commits

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("imap")]


def due_again() -> None:
    """As if the pause of what was put aside were over."""
    MailPutAside.objects.update(not_before=timezone.now())


def test_a_mail_that_the_server_cannot_read_holds_up_no_other(box: Box):
    box.deliver(a_mail("Before"))
    bad = box.server.deliver(box.user, a_mail("Unreadable"))
    box.deliver(a_mail("After"))
    bad.chmod(0)
    box.poll()
    assert box.texts() == ["Before", "After"]
    assert MailPutAside.objects.get().uid == 2
    bad.chmod(0o644)
    due_again()
    box.poll()
    assert box.texts() == ["Before", "After", "Unreadable"]
    assert not MailPutAside.objects.exists()


def test_many_mails_that_the_server_cannot_read_hold_up_no_other(box: Box):
    for number in range(12):
        path = box.server.deliver(box.user, a_mail(f"Mail {number}", sender=f"jo{number}@customer.example"))
        if number % 3 == 1:
            path.chmod(0)
    box.poll()
    assert sorted(box.texts()) == sorted(f"Mail {number}" for number in range(12) if number % 3 != 1)
    assert MailPutAside.objects.count() == 4
    assert box.row.error == ""


def test_a_mail_that_never_comes_ends_in_quarantine_once(box: Box):
    bad = box.server.deliver(box.user, a_mail("Unreadable"))
    bad.chmod(0)
    for _ in range(reading.ASIDE_ATTEMPTS + 2):
        box.poll()
        due_again()
    event = InboundEvent.objects.get()
    assert (event.state, event.is_verified) == ("quarantined", True)
    assert event.reason.startswith("The mail could not be fetched, however often we tried")
    assert not MailPutAside.objects.exists()
    assert box.counts() == {"received": 1, "quarantined": 1}


def test_a_mail_that_breaks_the_connection_is_not_met_first_again(box: Box, monkeypatch: pytest.MonkeyPatch):
    for text in ("One", "Two", "Three"):
        box.deliver(a_mail(text))
    mail = MailboxSession.mail

    def breaks(self: MailboxSession, uid: int) -> bytes | None:
        if uid == 2:
            raise Transient("The IMAP server broke off: it always does here")
        return mail(self, uid)

    monkeypatch.setattr(MailboxSession, "mail", breaks)
    box.poll()
    assert box.texts() == ["One", "Three"]
    for _ in range(reading.ASIDE_ATTEMPTS):
        due_again()
        box.poll()
    assert box.counts() == {"received": 3, "processed": 2, "quarantined": 1}
    box.poll()
    assert box.row.error == ""


def test_a_giant_is_kept_apart_with_its_header(box: Box):
    giant = a_mail("x", Subject="My holiday pictures") + b"0123456789abcdef\n" * (27 * 1024 * 64)
    box.deliver(giant)
    box.deliver(a_mail("After"))
    box.poll()
    box.poll()
    assert box.texts() == ["After"]
    event = InboundEvent.objects.get(state="quarantined")
    assert event.reason == "The mail is larger than 26 MB: only its header was kept. It is still in the mailbox."
    assert b"My holiday pictures" in bytes(event.body)
    assert len(event.body) < 1000
    box.server.forget_uids(box.user)
    box.poll()
    assert InboundEvent.objects.filter(state="quarantined").count() == 1


def test_a_giant_that_is_replayed_stays_what_it_is(box: Box):
    box.deliver(a_mail("x") + b"0123456789abcdef\n" * (27 * 1024 * 64))
    box.poll()
    page = Client()
    page.force_login(build.user("Grace", User.Role.ADMIN))
    page.post(f"/settings/ledger/{InboundEvent.objects.get().pk}/replay/")
    box.poll()
    assert InboundEvent.objects.get().reason.startswith("The mail is larger than 26 MB")
    assert box.texts() == []


def test_a_mail_that_makes_no_sense_is_quarantined_and_the_rest_comes(box: Box):
    box.deliver(b"\n\n")
    box.deliver(b"\xff\xfe\x00 neither header nor text \x00\n" * 50)
    box.deliver(a_mail("After"))
    box.poll()
    assert "After" in box.texts()
    assert sum(box.counts().values()) == 2 * InboundEvent.objects.count() == 6


@commits
def test_two_workers_never_read_one_mailbox_together(dovecot: Dovecot):
    box = Box.connected(dovecot)
    for number in range(40):
        box.deliver(a_mail(f"Mail {number}", sender=f"jo{number}@customer.example"))
    at_once([lambda: polling.poll(box.connection.pk)] * 4)
    box.poll()
    assert len(box.texts()) == 40
    assert box.counts() == {"received": 40, "processed": 40}


def test_a_wrong_password_is_told_and_tried_less_and_less(box: Box):
    box.connection.credentials = {**box.connection.credentials, "imap_password": "wrong"}
    box.connection.save()
    assert accounts.settle() == [box.connection.pk]
    waits = []
    for _ in range(4):
        box.poll()
        waits.append((box.row.next_poll_at - timezone.now()).total_seconds())
    assert waits == sorted(waits) and waits[0] > 40 and waits[-1] > 300
    assert box.row.error.startswith("The mailbox refuses the login")
    assert accounts.settle() == []
    page = Client()
    page.force_login(build.user("Grace", User.Role.ADMIN))
    assert "The mailbox refuses the login" in page.get(f"/settings/channels/{box.channel.pk}/").content.decode()
    assert "The mailbox refuses the login" in page.get("/settings/channels/").content.decode()


def test_new_settings_are_tried_at_once(box: Box):
    box.set(imap_host="127.0.0.2", imap_security="tls", imap_port=1)
    box.poll()
    assert box.row.failure_count == 1
    box.deliver()
    box.set(imap_host="127.0.0.1", imap_security="none", imap_port=box.server.port)
    assert box.row.next_poll_at <= timezone.now()
    box.poll()
    assert len(box.texts()) == 1
    assert box.row.error == ""


def test_what_is_asked_for_while_a_poll_runs_is_not_forgotten(box: Box, monkeypatch: pytest.MonkeyPatch):
    read = polling._read

    def with_a_hint(mailbox: Mailbox, deadline: float) -> bool:
        is_more = read(mailbox, deadline)
        accounts.wake(box.connection.pk)
        return is_more

    monkeypatch.setattr(polling, "_read", with_a_hint)
    box.poll()
    assert box.row.next_poll_at <= timezone.now()


def test_a_password_never_crosses_the_network_in_the_open(box: Box):
    box.set(imap_host="mail.example.com", imap_security="none")
    box.poll()
    assert box.row.error == "The mailbox's password would cross the network unencrypted. Choose tls or starttls."


def test_a_mailbox_that_is_fine_is_looked_into_once_a_minute(box: Box):
    box.poll()
    wait = box.row.next_poll_at - timezone.now()
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    assert accounts.settle() == []
