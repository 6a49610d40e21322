"""Reading one folder: what is new, what was put aside, and what lay there before us.

A place moves on only when the mail before it stands in the ledger, committed; so a poll that dies anywhere reads
a mail twice at most, and the ledger knows it. One mail that can't be had is put aside and keeps no other waiting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from django.utils import timezone

from channels_ingest import processing, tasks
from channels_ingest.adapters.email.imap import FolderState, MailboxSession, MailFacts, MailRefused
from channels_ingest.adapters.failures import AdapterError, Transient
from channels_ingest.mailboxes.keeping import NEVER_CAME, Keeper, Kept
from channels_ingest.mailboxes.models import Mailbox, MailboxFolder, MailPutAside
from channels_ingest.models import InboundEvent

logger = logging.getLogger(__name__)

# UIDs searched at a time: an answer of one line must stay far below what a client takes (a million bytes).
WINDOW = 20_000
BATCH = 50
ASIDE_AT_A_TIME = 20
ASIDE_ATTEMPTS = 6
ASIDE_PAUSES = (30, 120, 600, 3_600, 14_400)  # seconds


class FolderReader:
    """Reads a folder in one open session, until there is nothing more or ``deadline`` (monotonic) has come."""

    def __init__(self, mailbox: Mailbox, folder: MailboxFolder, session: MailboxSession, deadline: float) -> None:
        self.mailbox, self.folder, self.session, self.deadline = mailbox, folder, session, deadline
        self.keeper = Keeper(mailbox, folder, session)
        self.marks_seen = bool(mailbox.connection.settings.get("marks_seen"))
        self._fetched: list[int] = []

    def read(self) -> bool:
        """True where the deadline came first. Raises FolderAway and Transient."""
        state = self.session.open_folder(self.folder.name, read_only=not self.marks_seen)
        if self.folder.uid_validity != state.uid_validity:
            self._begin(state)
        try:
            is_more = self._walk("last_uid", state.next_uid - 1) or self._walk("past_uid", self.folder.past_until)
            self._try_again()
        finally:
            self._mark_seen()
        return is_more

    def _begin(self, state: FolderState) -> None:
        """First sight of the folder, or all its UIDs are others now: what lies in it is looked through."""
        if self.folder.uid_validity is not None:
            logger.warning("Mailbox %s, %s: new UIDVALIDITY, reading it anew", self.mailbox.pk, self.folder.name)
        self.folder.put_aside.all().delete()
        self.folder.uid_validity = state.uid_validity
        self.folder.last_uid = self.folder.past_until = state.next_uid - 1
        self.folder.past_uid = 0
        self.folder.save()

    def _walk(self, place: str, until: int) -> bool:
        is_past = place == "past_uid"
        since = (self._start() - timedelta(days=1)).date() if is_past else None  # servers count days in their own zone
        while (at := int(getattr(self.folder, place))) < until:
            end = min(at + WINDOW, until)
            for facts in self._facts(self.session.uids(at + 1, end, since=since), place):
                if time.monotonic() > self.deadline:
                    return True
                self._take(facts, place, is_past=is_past)
            self._move(place, end)
        return False

    def _take(self, facts: MailFacts, place: str, *, is_past: bool) -> None:
        try:
            if not (is_past and facts.arrived_at is not None and facts.arrived_at < self._start()):
                self._hand_over(facts.uid, self.keeper.keep(facts, is_past=is_past))
        except MailRefused as error:
            self._put_aside(facts.uid, error)
        except Transient as error:
            self._pass_by(facts.uid, place, error)
            raise
        self._move(place, facts.uid)

    def _facts(self, uids: list[int], place: str) -> Iterator[MailFacts]:
        for batch in self._batches(uids):
            found = self._facts_of(batch, place)
            yield from found
            if missing := set(batch) - {one.uid for one in found}:
                self._note_kept_from_us(missing)
            self._mark_seen()

    def _batches(self, uids: list[int]) -> Iterator[list[int]]:
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            if batch[0] <= self.folder.careful_until and batch[-1] >= self.folder.careful_from:
                yield from ([uid] for uid in batch)
            else:
                yield batch

    def _facts_of(self, batch: list[int], place: str) -> list[MailFacts]:
        try:
            return self.session.facts(batch)
        except MailRefused:
            if len(batch) == 1:
                return []
        except Transient as error:
            # One of them may be what breaks the session: the next one finds out which, and leaves it out.
            if len(batch) > 1:
                self.folder.careful_from, self.folder.careful_until = batch[0], batch[-1]
                self.folder.save(update_fields=["careful_from", "careful_until"])
            else:
                self._pass_by(batch[0], place, error)
            raise
        return [facts for uid in batch for facts in self._facts_of([uid], place)]

    def _note_kept_from_us(self, missing: set[int]) -> None:
        """Deleted meanwhile, or there and not shown to us?"""
        for uid in missing.intersection(self.session.uids(min(missing), max(missing))):
            self._put_aside(uid, MailRefused("The server lists this mail but says nothing about it."))

    def _pass_by(self, uid: int, place: str, error: AdapterError) -> None:
        """The next session must not begin with a mail that ends it."""
        self._put_aside(uid, error)
        self._move(place, uid)

    def _hand_over(self, uid: int, kept: Kept | None) -> None:
        """The mail is stored. A long past is worked off here, in its order, and floods no queue."""
        if kept is None:
            return
        self._fetched.append(uid)
        if not kept.is_new or kept.event.state != InboundEvent.State.RECEIVED:
            return
        if kept.is_history:
            processing.process(kept.event.pk)
        else:
            tasks.process_soon(kept.event)

    def _try_again(self) -> None:
        """Mails put aside whose time has come; last, since one of them may end the session."""
        due = self.folder.put_aside.filter(not_before__lte=timezone.now()).order_by("not_before")
        for row in due[:ASIDE_AT_A_TIME]:
            is_past = row.uid <= self.folder.past_until
            try:
                for facts in self.session.facts([row.uid]):
                    self._hand_over(row.uid, self.keeper.keep(facts, is_past=is_past))
                row.delete()
            except MailRefused as error:
                self._put_aside(row.uid, error)
            except Transient as error:
                self._put_aside(row.uid, error)
                raise

    def _put_aside(self, uid: int, error: AdapterError) -> None:
        row, is_new = MailPutAside.objects.get_or_create(folder=self.folder, uid=uid, defaults={"attempt_count": 0})
        if is_new:
            logger.warning("Mailbox %s, %s: UID %s put aside: %s", self.mailbox.pk, self.folder.name, uid, error.text)
        row.attempt_count += 1
        row.error = error.text[:400]
        if row.attempt_count >= ASIDE_ATTEMPTS:
            self._give_up(row, is_cut_off=isinstance(error, Transient))
            return
        row.not_before = timezone.now() + timedelta(seconds=ASIDE_PAUSES[row.attempt_count - 1])
        row.save()

    def _give_up(self, row: MailPutAside, *, is_cut_off: bool) -> None:
        """Into quarantine, where an admin sees it; with its header if the session is still there to ask."""
        why = NEVER_CAME.format(why=row.error.rstrip("."))[:400]
        if is_cut_off:
            self.keeper.keep_nothing(row.uid, why)
        else:
            self.keeper.keep_header(row.uid, why)
        row.delete()

    def _mark_seen(self) -> None:
        fetched, self._fetched = self._fetched, []
        if not (self.marks_seen and fetched):
            return
        try:
            self.session.mark_seen(fetched)
        except AdapterError as error:
            logger.info("Mailbox %s: mails stay marked as unread: %s", self.mailbox.pk, error.text)

    def _move(self, place: str, uid: int) -> None:
        if uid > getattr(self.folder, place):
            setattr(self.folder, place, uid)
            self.folder.save(update_fields=[place])

    def _start(self) -> datetime:
        since = self.mailbox.since
        return datetime.combine(since, time_of_day(), UTC) if since else self.mailbox.connected_at
