"""A server that can say so is heard at once, whatever restarts meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone

from channels_ingest.mailboxes import accounts, listening
from channels_ingest.mailboxes.models import Mailbox
from channels_ingest.models import Connection
from tests.channels_ingest.imap.boxes import Box
from tests.channels_ingest.imap.dovecot import Dovecot
from tests.transactional import commits
from tests.waiting import eventually

pytestmark = [commits, pytest.mark.xdist_group("imap")]


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[listening.Board]:
    monkeypatch.setattr(listening, "STEP_SECONDS", 0.5)
    monkeypatch.setattr(listening, "REST_SECONDS", 0.0)
    found = listening.Board()
    yield found
    found.stop()


@pytest.fixture
def box(dovecot: Dovecot) -> Box:
    box = Box.connected(dovecot)
    box.poll()
    return box


def is_woken(box: Box) -> bool:
    return box.row.next_poll_at <= timezone.now()


def rest(box: Box) -> None:
    """As after a poll."""
    Mailbox.objects.update(next_poll_at=timezone.now() + timedelta(minutes=1))


def listen(board: listening.Board, box: Box) -> None:
    """Until it hears."""
    rest(box)
    board.keep()
    eventually(lambda: is_woken(box))
    time.sleep(0.2)  # it wakes first and enters IDLE then
    rest(box)


def test_new_mail_is_heard_at_once(board: listening.Board, box: Box):
    listen(board, box)
    box.deliver()
    eventually(lambda: is_woken(box), within_seconds=3)
    box.poll()
    assert len(box.texts()) == 1


def test_what_others_do_to_flags_wakes_nobody(board: listening.Board, box: Box):
    box.deliver()
    box.poll()
    listen(board, box)
    with box.other_program() as program:
        program.select_folder("INBOX")
        program.add_flags([1], [b"\\Flagged"])
    time.sleep(1.5)
    assert not is_woken(box)


def test_it_hears_again_after_the_server_was_away(board: listening.Board, box: Box):
    listen(board, box)
    box.server.stop()
    try:
        eventually(lambda: not any(one.is_alive() for one in board.listeners.values()))
    finally:
        box.server.start()
    listen(board, box)
    box.deliver()
    eventually(lambda: is_woken(box), within_seconds=3)


def test_it_hears_on_after_the_database_was_away(board: listening.Board, box: Box):
    listen(board, box)
    with database.cursor() as cursor:  # every session but ours
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    box.deliver()
    eventually(lambda: is_woken(box), within_seconds=3)


def test_what_was_heard_while_the_database_was_away_is_told_later(
    board: listening.Board, box: Box, monkeypatch: pytest.MonkeyPatch
):
    listen(board, box)
    wake, calls = accounts.wake, [0]

    def away_at_first(connection_id: int) -> bool:
        calls[0] += 1
        if calls[0] < 3:
            raise OperationalError("the database is starting up")
        return wake(connection_id)

    monkeypatch.setattr(accounts, "wake", away_at_first)
    box.deliver()
    eventually(lambda: is_woken(box))
    assert calls[0] == 3


def test_a_folder_that_is_gone_is_not_listened_to(board: listening.Board, box: Box):
    box.set(imap_folders=["INBOX", "Sales"])
    box.poll()
    assert [place.folder for place in listening.places()] == ["INBOX"]


def test_listening_ends_within_a_moment(board: listening.Board, box: Box):
    listen(board, box)
    before = time.monotonic()
    board.stop()
    assert time.monotonic() - before < 2
    assert not any(one.is_alive() for one in board.listeners.values())


def test_a_mailbox_that_is_connected_no_more_is_let_go(board: listening.Board, box: Box):
    listen(board, box)
    (listener,) = board.listeners.values()
    Connection.objects.update(is_active=False)
    board.keep()
    eventually(lambda: not listener.is_alive())
    assert not board.listeners


def test_a_mailbox_that_could_not_be_read_is_left_to_the_polls(dovecot: Dovecot):
    box = Box.connected(dovecot)
    assert listening.places() == []
    box.poll()
    assert [place.folder for place in listening.places()] == ["INBOX"]
    Mailbox.objects.update(failure_count=1)
    assert listening.places() == []
    assert not accounts.wake(box.connection.pk)
