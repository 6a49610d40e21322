"""One look into a mailbox, by one worker at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError
from django.db import connection as database
from django.utils import timezone

from channels_ingest.adapters.email import mailbox_fields
from channels_ingest.adapters.email.imap import FolderAway, MailboxSession, open_mailbox
from channels_ingest.adapters.email.mailbox import MailboxAdapter
from channels_ingest.adapters.failures import AdapterError, Transient
from channels_ingest.mailboxes import accounts, tokens
from channels_ingest.mailboxes.models import Mailbox, MailboxFolder, MailPutAside
from channels_ingest.mailboxes.reading import FolderReader
from channels_ingest.models import Connection

logger = logging.getLogger(__name__)

# Well below a task's time limit: what is left is read by the next poll, which follows at once.
LONGEST_SECONDS = 40.0
# The first of the two numbers of our advisory locks ("mail" in ASCII); the other is the mailbox.
LOCK = 0x6D61696C


def poll(connection_id: int, *, seconds: float = LONGEST_SECONDS) -> bool:
    """Bring in what there is. True where more is left; False also where somebody else is at it."""
    connection = Connection.objects.filter(pk=connection_id, is_active=True, provider=MailboxAdapter.provider).first()
    if connection is None:
        return False
    mailbox_id = (Mailbox.objects.filter(connection=connection).first() or accounts.adopt(connection)).pk
    with _alone(mailbox_id) as is_alone:
        if not is_alone:
            return False
        mailbox = Mailbox.objects.select_related("connection__channel__desk").get(pk=mailbox_id)
        accounts.claim(mailbox)
        try:
            is_more = _read(mailbox, time.monotonic() + seconds)
        except AdapterError as error:
            logger.warning("Mailbox %s can't be read: %s", mailbox.pk, error.text)
            if error.code == "login":
                tokens.forget(connection)
            accounts.note_failure(mailbox, error)
            return False
        accounts.note_success(mailbox, is_more=is_more)
        return is_more


def _read(mailbox: Mailbox, deadline: float) -> bool:
    """Read all folders. A session that broke after it got somewhere is begun again at once: a mail may have
    broken it, which is now out of the way."""
    names = mailbox_fields.folders(mailbox.connection.settings)
    # One that is read no more must not be complained of either; its place is kept.
    mailbox.folders.exclude(name__in=names).exclude(error="").update(error="")
    while True:
        before = _standing(mailbox)
        try:
            with open_mailbox(MailboxAdapter(mailbox.connection).imap_server()) as session:
                unfinished = [name for name in names if _read_folder(mailbox, name, session, deadline)]
            return bool(unfinished)
        except Transient:
            if time.monotonic() > deadline or _standing(mailbox) == before:
                raise


def _standing(mailbox: Mailbox) -> list[object]:
    """Equal as long as nothing gets on."""
    put_aside = MailPutAside.objects.filter(folder__mailbox=mailbox).order_by("pk").values_list("pk", "attempt_count")
    return [*(folder.standing for folder in mailbox.folders.order_by("pk")), *put_aside]


def _read_folder(mailbox: Mailbox, name: str, session: MailboxSession, deadline: float) -> bool:
    folder, _ = MailboxFolder.objects.get_or_create(mailbox=mailbox, name=name)
    try:
        is_more = FolderReader(mailbox, folder, session, deadline).read()
    except FolderAway as error:
        why = f"It can't be read: {error.text} Was it renamed or deleted? Correct the folders to read."[:400]
        if why != folder.error:
            logger.warning("Mailbox %s, folder %s: %s", mailbox.pk, name, error.text)
        MailboxFolder.objects.filter(pk=folder.pk).update(error=why)
        return False
    MailboxFolder.objects.filter(pk=folder.pk).update(error="", last_read_at=timezone.now())
    return is_more


@contextmanager
def _alone(mailbox_id: int) -> Iterator[bool]:
    """Whether nobody else reads this mailbox now. The lock goes with our database session, however that ends."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, mailbox_id])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            _let_go(mailbox_id)


def _let_go(mailbox_id: int) -> None:
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, mailbox_id])
    except (DatabaseError, InterfaceError):
        database.close()
