"""What lay in the mailbox before it was connected is shown as history and answered by nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ai_tier1.models import Rollout, Turn
from channels_ingest.mailboxes import polling
from channels_ingest.models import InboundEvent
from conversations.models import Conversation, Delivery, Message
from helpdesk.events import followers, log
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.imap.boxes import Box, a_mail, work_off
from tests.channels_ingest.imap.dovecot import Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("imap")]

MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SINCE = "2026-01-01"


def react() -> None:
    """Let those who follow the log act on it."""
    log.publish()
    for name in followers.names():
        followers.run_follower(name)


def test_the_past_arrives_resolved_and_dated_as_it_was(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_since=SINCE)
    box.deliver(a_mail("Too long ago"), at=datetime(2025, 12, 30, tzinfo=UTC))
    box.deliver(a_mail("Where is my parcel?"), at=MARCH)
    box.deliver(a_mail("I have it now."), at=MARCH + timedelta(days=1))
    box.deliver(a_mail("Another matter", Subject="An invoice"), at=MARCH + timedelta(days=90))
    box.poll()
    assert box.texts() == ["Where is my parcel?", "I have it now.", "Another matter"]
    first, second = Conversation.objects.order_by("pk")
    assert [row.created_at for row in first.messages.order_by("pk")] == [MARCH, MARCH + timedelta(days=1)]
    assert (first.created_at, first.last_message_at) == (MARCH, MARCH + timedelta(days=1))
    for row in (first, second):
        assert (row.state, row.waiting_since, row.unread_count, row.last_inbound_at) == ("resolved", None, 0, None)
    assert second.resolved_at == MARCH + timedelta(days=90)
    assert set(Message.objects.values_list("not_work", flat=True)) == {"history"}


def test_nobody_is_called_to_the_past(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_since=SINCE)
    Rollout.objects.create(channel=box.channel, mode=Rollout.Mode.ALWAYS)
    for day in range(5):
        box.deliver(a_mail("Where is my parcel?"), at=MARCH + timedelta(days=day * 40))
    box.poll()
    react()
    assert len(box.texts()) == 5
    assert not Turn.objects.exists()
    assert not Delivery.objects.exists()
    assert not Event.objects.filter(type__in=["conversation.reopened", "tier1.waiting"]).exists()
    box.deliver(a_mail("Where is my parcel now?"))
    box.poll()
    react()
    assert Turn.objects.get().message.text == "Where is my parcel now?"
    assert Conversation.objects.get(state="open").waiting_since is not None


def test_an_old_mail_changes_nothing_in_a_conversation_of_today(dovecot: Dovecot):
    box = Box.connected(dovecot)
    box.deliver(a_mail("Today"))
    box.poll()
    before = build.conversation()
    box.deliver(a_mail("In March"), at=MARCH)
    box.set(imap_since=SINCE)
    box.poll()
    today = Conversation.objects.get(pk=before.pk)
    assert (today.message_count, today.preview, today.state, today.unread_count) == (1, "Today", "open", 1)
    assert Conversation.objects.exclude(pk=before.pk).get().state == "resolved"


def test_an_earlier_day_brings_in_more(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_since="2026-03-01")
    box.deliver(a_mail("In January"), at=datetime(2026, 1, 10, tzinfo=UTC))
    box.deliver(a_mail("In March"), at=MARCH)
    box.poll()
    assert box.texts() == ["In March"]
    box.set(imap_since=SINCE)
    box.poll()
    assert sorted(box.texts()) == ["In January", "In March"]


def test_a_long_past_keeps_no_new_mail_waiting(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_since=SINCE)
    for day in range(5):
        box.deliver(a_mail(f"Day {day}"), at=MARCH + timedelta(days=day))
    assert polling.poll(box.connection.pk, seconds=0)  # the folder is known, and nothing read yet
    box.deliver(a_mail("New"))
    box.poll()
    assert InboundEvent.objects.order_by("pk")[0].headers["imap-uid"] == "6"
    assert len(box.texts()) == 6


def test_mail_from_a_down_time_is_no_history(box: Box):
    box.poll()
    box.connected_ago(timedelta(days=3))
    box.deliver(a_mail("Two days ago"), at=timezone.now() - timedelta(days=2))
    box.poll()
    assert build.conversation().state == "open"


def test_thanks_and_machines_of_the_past_are_history_too(dovecot: Dovecot):
    box = Box.connected(dovecot, imap_since=SINCE)
    box.deliver(a_mail("I am away.", Auto_Submitted="auto-replied"), at=MARCH)
    box.deliver(a_mail("Thanks!"), at=MARCH)
    box.poll()
    work_off()
    assert [row.not_work for row in Message.objects.order_by("pk")] == ["auto_reply", "history"]
    assert not Conversation.objects.exclude(state="resolved").exists()
    assert not Conversation.objects.exclude(unread_count=0).exists()


def test_another_mailbox_begins_anew(dovecot: Dovecot):
    box = Box.connected(dovecot)
    box.poll()
    box.connected_ago(timedelta(days=100))
    box.user = dovecot.new_user()
    box.deliver(a_mail("Was there before"), at=timezone.now() - timedelta(days=5))
    box.connection.credentials = {**box.connection.credentials, "imap_user": box.user}
    box.connection.save()
    box.set()
    box.deliver(a_mail("Came since"))
    box.poll()
    assert box.texts() == ["Came since"]
