"""From a mail on the server to a row of the ledger, committed before anything else is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from channels_ingest import ledger
from channels_ingest.adapters.email.fetched import FetchedMail, as_request
from channels_ingest.adapters.email.imap import MailboxSession, MailFacts
from channels_ingest.adapters.failures import AdapterError, Transient
from channels_ingest.mailboxes.models import Mailbox, MailboxFolder
from channels_ingest.models import InboundEvent

# As much as the doors take.
MAX_MAIL_BYTES = 26 * 1024 * 1024
MAX_HEADER_BYTES = 256 * 1024
# The server's clock may run behind ours; mail that is moved in from another folder keeps its date, of days ago.
CLOCKS_DIFFER_BY = timedelta(hours=1)
TOO_LARGE = "The mail is larger than 26 MB: only its header was kept. It is still in the mailbox."
NEVER_CAME = "The mail could not be fetched, however often we tried ({why}). It is still in the mailbox."


@dataclass(frozen=True, slots=True)
class Kept:
    """The ledger's row, and whether it was new."""

    event: InboundEvent
    is_new: bool
    is_history: bool


class Keeper:
    """Keeps the mails of one folder."""

    def __init__(self, mailbox: Mailbox, folder: MailboxFolder, session: MailboxSession) -> None:
        self.mailbox, self.folder, self.session = mailbox, folder, session

    def keep(self, facts: MailFacts, *, is_past: bool) -> Kept | None:
        """Store one mail. None where it is gone meanwhile. Raises MailRefused and Transient."""
        if facts.size > MAX_MAIL_BYTES:
            return self.keep_header(facts.uid, TOO_LARGE, facts, is_past=is_past)
        content = self.session.mail(facts.uid)
        if content is None:
            return None
        if len(content) > MAX_MAIL_BYTES:  # the server's word on sizes is not always true
            return self.keep_header(facts.uid, TOO_LARGE, facts, is_past=is_past)
        return self._store(content, facts.uid, facts, is_past=is_past)

    def keep_nothing(self, uid: int, why: str) -> Kept:
        """Note in quarantine that there is a mail which can't be had at all."""
        return self._store(b"", uid, None, is_past=False, why=why)

    def keep_header(self, uid: int, why: str, facts: MailFacts | None = None, *, is_past: bool = False) -> Kept:
        """Store in quarantine what can be had of a mail that can't be had whole."""
        try:
            header = (self.session.header(uid) or b"")[:MAX_HEADER_BYTES]
        except Transient:
            raise
        except AdapterError:
            header = b""
        return self._store(header, uid, facts, is_past=is_past, why=why)

    def _store(self, content: bytes, uid: int, facts: MailFacts | None, *, is_past: bool, why: str = "") -> Kept:
        arrived_at = facts.arrived_at if facts else None
        is_history = self._is_history(arrived_at, is_past=is_past)
        mail = FetchedMail(
            content,
            self.folder.name,
            self.folder.uid_validity or 0,
            uid,
            size=facts.size if facts else 0,
            arrived_at=arrived_at,
            is_history=is_history,
            kept=why,
        )
        connection = self.mailbox.connection
        request = as_request(mail, connection.pk, received_at=timezone.now())
        accepted = ledger.accept(connection.channel, request, why=why, connections=[connection])
        return Kept(accepted.event, accepted.is_new, is_history)

    def _is_history(self, arrived_at: datetime | None, *, is_past: bool) -> bool:
        slack = timedelta() if is_past else CLOCKS_DIFFER_BY
        return arrived_at is not None and arrived_at < self.mailbox.connected_at - slack
