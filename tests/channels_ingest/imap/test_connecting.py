"""What an admin enters and is told: the form, and the live test line by line."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from channels_ingest import live_check
from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.email import mailbox_fields
from channels_ingest.mailboxes import accounts
from channels_ingest.models import Connection
from conversations.models import Channel
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.imap.boxes import Box, a_mail
from tests.channels_ingest.imap.dovecot import PASSWORD, Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("imap")]


def checked(box: Box) -> dict[str, CheckResult]:
    return {line.name: line for line in live_check.lines(box.channel.pk)}


def test_the_live_test_finds_the_login_the_folders_and_idle(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_folders=["INBOX", "Sales"])
    lines = checked(box)
    for name in ("Log-in to the mailbox", "Folder INBOX", "The server says when mail comes (IDLE)"):
        assert lines[name].is_ok
    assert not lines["Folder Sales"].is_ok
    assert lines["Folder Sales"].what_to_do.endswith("Enter one of these: INBOX.")


def test_the_live_test_tells_what_is_wrong_with_the_login(box: Box):
    box.connection.credentials = {**box.connection.credentials, "imap_password": "wrong"}
    box.connection.save()
    line = checked(box)["Mailbox"]
    assert not line.is_ok
    assert line.what_to_do.startswith("The mailbox refuses the login: [AUTHENTICATIONFAILED]")


def test_the_live_test_marks_nothing_and_passes_nothing(box: Box):
    box.deliver()
    checked(box)
    with box.other_program() as program:
        program.select_folder("INBOX", readonly=True)
        assert b"\\Seen" not in program.get_flags([1])[1]
    box.poll()
    assert len(box.texts()) == 1


def test_a_mailbox_is_connected_by_its_form(dovecot: Dovecot):
    user = dovecot.new_user()
    page = Client()
    page.force_login(build.user("Grace", User.Role.ADMIN))
    form: dict[str, Any] = {
        "name": "Help mailbox",
        "address": "help@shop.example",
        "desk": str(build.desk().pk),
        "team": "",
        "language": "en",
        "connection_imap_host": "127.0.0.1",
        "connection_imap_port": str(dovecot.port),
        "connection_imap_security": "none",
        "connection_imap_login": "password",
        "connection_imap_user": user,
        "connection_imap_password": PASSWORD,
        "connection_imap_folders": "INBOX\n",
        "connection_imap_since": "2026-01-31",
        "connection_smtp_host": "127.0.0.1",
        "connection_smtp_security": "none",
    }
    answer = page.post("/settings/channels/new/imap/", {**form, "connection_imap_since": "someday"})
    assert answer.context["form"].errors.keys() == {"connection_imap_since"}
    assert page.post("/settings/channels/new/imap/", form).status_code == 302
    connection = Connection.objects.get()
    assert connection.settings["imap_since"] == "2026-01-31"
    assert connection.credentials == {"imap_user": user, "imap_password": PASSWORD}
    assert 'value="2026-01-31"' in page.get(f"/settings/channels/{connection.channel_id}/edit/").content.decode()
    assert accounts.settle() == [connection.pk]
    dovecot.deliver(user, a_mail("By the form"))
    Box(dovecot, user, Channel.objects.get(), connection).poll()
    assert connection.channel.messages.get().text == "By the form"


@pytest.mark.parametrize(
    ("entered", "read"),
    [
        (None, ("INBOX",)),
        (["inbox", "Inbox", "Sales", "Sales", " "], ("INBOX", "Sales")),
        (["Sales\r\nA1 DELETE INBOX"], ()),
        ([f"F{number}" for number in range(30)], tuple(f"F{number}" for number in range(20))),
    ],
)
def test_folders_are_named_each_once(entered: Any, read: tuple[str, ...]):
    assert mailbox_fields.folders({"imap_folders": entered}) == read


@pytest.mark.parametrize(("entered", "seconds"), [(None, 60), (1, 10), (90, 90), (10**6, 3600), ("x", 60)])
def test_the_interval_has_bounds(entered: Any, seconds: int):
    assert mailbox_fields.poll_seconds({"poll_seconds": entered}) == seconds
