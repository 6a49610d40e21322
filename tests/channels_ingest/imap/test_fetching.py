"""What lies in a mailbox comes in, whole and once, and the mailbox stays as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_ingest import ledger
from channels_ingest.adapters.email.imap import MailFacts
from channels_ingest.mailboxes import keeping, polling
from channels_ingest.models import InboundEvent, MailPutAside
from conversations.models import Conversation, Message
from tests import build
from tests.channels_ingest.imap.boxes import Box, a_mail, work_off
from tests.channels_ingest.imap.dovecot import Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("imap")]


def test_a_mail_becomes_a_message_and_stays_unread(box: Box):
    box.deliver(a_mail("Where is my parcel?"))
    box.poll()
    assert box.texts() == ["Where is my parcel?"]
    conversation = build.conversation()
    assert (conversation.state, conversation.unread_count) == ("open", 1)
    assert conversation.waiting_since is not None
    event = InboundEvent.objects.get()
    assert (event.is_verified, event.state, event.connection) == (True, "processed", box.connection)
    assert "authorization" not in event.headers
    assert (event.headers["imap-folder"], event.headers["imap-uid"]) == ("INBOX", "1")
    with box.other_program() as program:
        program.select_folder("INBOX", readonly=True)
        assert program.get_flags([1])[1] == (b"\\Recent",)


def test_mails_come_once_however_often_we_look(box: Box):
    for number in range(3):
        box.deliver(a_mail(f"Mail {number}"))
        box.poll()
        box.poll()
    assert box.texts() == ["Mail 0", "Mail 1", "Mail 2"]
    assert box.counts() == {"received": 3, "processed": 3}


def test_marking_as_read_is_a_wish(dovecot: Dovecot):
    box = Box.connected(dovecot, marks_seen=True)
    box.deliver()
    box.poll()
    with box.other_program() as program:
        program.select_folder("INBOX", readonly=True)
        assert b"\\Seen" in program.get_flags([1])[1]


def test_nothing_is_marked_or_passed_before_it_is_stored(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch):
    box = Box.connected(dovecot, marks_seen=True)
    box.deliver()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "accept", broken)
        with pytest.raises(RuntimeError):
            polling.poll(box.connection.pk)
    with box.other_program() as program:
        program.select_folder("INBOX", readonly=True)
        assert b"\\Seen" not in program.get_flags([1])[1]
    box.poll()
    assert len(box.texts()) == 1


def test_several_folders_are_read_each_from_its_own_place(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_folders=["inbox", "Sales", "Größe"])
    with box.other_program() as program:
        program.create_folder("Sales")
        program.create_folder("Größe")
        program.append("Größe", a_mail("To the third"))
    box.deliver(a_mail("To the first"))
    box.deliver(a_mail("To the second"), folder="Sales")
    box.poll()
    assert sorted(box.texts()) == ["To the first", "To the second", "To the third"]
    assert {row.name: row.last_uid + row.past_uid for row in box.row.folders.all()} == {
        "INBOX": 2,
        "Sales": 2,
        "Größe": 2,
    }


def test_a_mail_that_lies_in_two_folders_is_one_message(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_folders=["INBOX", "Archive"])
    content = box.deliver()
    with box.other_program() as program:
        program.create_folder("Archive")
        program.append("Archive", content.replace(b"\n", b"\r\n"))
    box.poll()
    assert len(box.texts()) == 1
    assert box.counts() == {"received": 2, "processed": 1, "duplicate": 1}


def test_after_days_of_outage_count_in_is_count_out(box: Box):
    box.deliver(a_mail("Before"))
    box.poll()
    box.server.stop()
    try:
        assert polling.poll(box.connection.pk) is False
        assert "can't be reached" in box.row.error
        sent = [a_mail(f"Meanwhile {number}", sender=f"jo{number}@customer.example") for number in range(60)]
        for content in sent:
            box.deliver(content)
    finally:
        box.server.start()
    box.poll()
    assert sorted(box.texts()) == sorted(["Before", *(f"Meanwhile {number}" for number in range(60))])
    assert box.counts() == {"received": 61, "processed": 61}
    assert (box.row.error, box.row.failure_count) == ("", 0)


def test_new_uids_for_all_mails_double_nothing_and_lose_nothing(box: Box):
    for number in range(5):
        box.deliver(a_mail(f"Mail {number}", sender=f"jo{number}@customer.example"))
    box.poll()
    before = box.folder().uid_validity
    box.deliver(a_mail("Just before"))
    box.server.forget_uids(box.user)
    box.poll()
    assert box.folder().uid_validity != before
    assert sorted(box.texts()) == ["Just before", *(f"Mail {number}" for number in range(5))]
    assert box.counts() == {"received": 11, "processed": 6, "duplicate": 5}
    box.deliver(a_mail("Just after"))
    box.poll()
    assert len(box.texts()) == 7


def test_a_folder_made_anew_under_its_old_name_is_read(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_folders=["Sales"])
    with box.other_program() as program:
        program.create_folder("Sales")
        program.append("Sales", a_mail("One"))
        box.poll()
        program.delete_folder("Sales")
        program.create_folder("Sales")
        program.append("Sales", a_mail("Two"))
    box.poll()
    assert box.texts() == ["One", "Two"]


def test_others_read_flag_move_and_delete_meanwhile(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_folders=["INBOX", "Done"])
    with box.other_program() as program:
        program.create_folder("Done")
        for number in range(6):
            box.deliver(a_mail(f"Mail {number}", sender=f"jo{number}@customer.example"))
        program.select_folder("INBOX")
        program.add_flags([1, 2], [b"\\Seen", b"\\Flagged"])  # read by somebody before us
        program.move([3], "Done")
        program.delete_messages([4])
        program.expunge()
        box.poll()
        program.select_folder("INBOX")
        program.remove_flags([1], [b"\\Seen"])
        program.move([5], "Done")
        box.poll()
    assert sorted(box.texts()) == ["Mail 0", "Mail 1", "Mail 2", "Mail 4", "Mail 5"]
    assert Message.objects.count() == 5


def test_a_mail_deleted_between_listing_and_fetching_is_passed_by(box: Box, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        box.deliver(a_mail(f"Mail {number}"))
    keep = keeping.Keeper.keep

    def deleted_first(self: keeping.Keeper, facts: MailFacts, **more: bool) -> keeping.Kept | None:
        if facts.uid == 2:
            with box.other_program() as program:
                program.select_folder("INBOX")
                program.delete_messages([2])
                program.expunge()
        return keep(self, facts, **more)

    monkeypatch.setattr(keeping.Keeper, "keep", deleted_first)
    box.poll()
    assert box.texts() == ["Mail 0", "Mail 2"]
    MailPutAside.objects.update(not_before=timezone.now())  # in an open session a deleted mail is still listed
    box.poll()
    assert not MailPutAside.objects.exists()
    assert box.counts() == {"received": 2, "processed": 2}


def test_a_folder_that_is_gone_says_so_and_holds_up_no_other(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_folders=["Sales", "INBOX"])
    with box.other_program() as program:
        program.create_folder("Sales")
    box.poll()
    with box.other_program() as program:
        program.rename_folder("Sales", "Verkauf")
    box.deliver()
    box.poll()
    assert len(box.texts()) == 1
    assert "Mailbox doesn't exist" in box.folder("Sales").error
    assert box.row.error == ""
    box.set(imap_folders=["Verkauf", "INBOX"])
    box.poll()
    assert not box.row.folders.exclude(error="").exists()


def test_only_new_mail_is_brought_in_unless_asked_for(dovecot: Dovecot):
    box = Box.connected(dovecot)
    box.deliver(a_mail("Long ago"), at=timezone.now() - timedelta(days=30))
    box.deliver(a_mail("Now"))
    box.poll()
    assert box.texts() == ["Now"]
    assert Conversation.objects.count() == 1


def test_mail_moved_in_later_comes_although_it_is_older(dovecot: Dovecot):
    box = Box.connected(dovecot)
    box.poll()
    with box.other_program() as program:
        program.create_folder("Junk")
        program.append("Junk", a_mail("No spam at all"), msg_time=timezone.now() - timedelta(minutes=5))
        program.select_folder("Junk")
        program.move([1], "INBOX")
    box.poll()
    assert box.texts() == ["No spam at all"]
    assert build.conversation().state == "open"


def test_what_a_dead_worker_had_stored_already_is_known(box: Box, monkeypatch: pytest.MonkeyPatch):
    box.deliver()

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("channels_ingest.mailboxes.reading.FolderReader._move", killed)
        with pytest.raises(SystemExit):
            polling.poll(box.connection.pk)
    assert InboundEvent.objects.count() == 1
    box.poll()
    work_off()
    assert len(box.texts()) == 1
    assert box.counts() == {"received": 2, "processed": 1, "duplicate": 1}
