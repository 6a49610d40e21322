"""Hearing at once that mail has come (IDLE). Only ever a hint: whatever is missed here, the next poll finds.

Runs as threads of ``beat``, of which there is one: so each folder is listened to once, and an installation without
mailboxes pays nothing. See docs/decisions/0008-reading-mailboxes.md.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from django.db import connections

from channels_ingest import tasks
from channels_ingest.adapters.email import mailbox_fields
from channels_ingest.adapters.email.imap import MailboxSession, open_mailbox
from channels_ingest.adapters.email.mailbox import MailboxAdapter
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.mailboxes import accounts
from channels_ingest.mailboxes.models import Mailbox, MailboxFolder
from channels_ingest.models import Connection

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 10.0
# RFC 2177 asks for less than 29 minutes; routers forget silent connections sooner.
REISSUE_SECONDS = 9 * 60.0
STEP_SECONDS = 5.0
# One that broke off is begun again, but not at once and for ever.
REST_SECONDS = 30.0
# Google allows fifteen connections to a mailbox, of which people's own programs need some.
MOST_FOLDERS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to listen to; other settings make another place."""

    connection_id: int
    folder: str
    settings_digest: str


class Listener(threading.Thread):
    """Listens to one folder until it is told to stop, or the session breaks."""

    def __init__(self, place: Place) -> None:
        super().__init__(name=f"idle {place.connection_id} {place.folder}", daemon=True)
        self.place = place
        self.stopped = threading.Event()
        self.ended_at = 0.0
        # Something was heard and could not be told yet.
        self.is_owed = False

    def run(self) -> None:
        """See the class."""
        try:
            connection = Connection.objects.select_related("channel").get(pk=self.place.connection_id)
            server = MailboxAdapter(connection).imap_server()
            connections.close_all()  # waiting for hours needs no database
            with open_mailbox(server) as session:
                if can_idle := session.can_idle:
                    session.open_folder(self.place.folder, read_only=True)
                    self._listen(session)
            if not can_idle:
                self.stopped.wait()
        except AdapterError as error:
            logger.info("No more listening to %s: %s", self.name, error.text)
        except Exception:
            logger.exception("Listening to %s", self.name)
        finally:
            connections.close_all()
            self.ended_at = time.monotonic()

    def _listen(self, session: MailboxSession) -> None:
        self._wake()  # for what came before we heard anything
        while not self.stopped.is_set():
            session.begin_waiting()
            until = time.monotonic() + REISSUE_SECONDS
            while not self.stopped.is_set() and time.monotonic() < until:
                before = time.monotonic()
                is_news = session.wait(STEP_SECONDS)
                if is_news or self.is_owed:
                    self._wake()
                if not is_news and time.monotonic() - before < STEP_SECONDS / 2:
                    break  # silence before its time: ending the wait shows whether the server is still there
            session.end_waiting()

    def _wake(self) -> None:
        self.is_owed = True
        try:
            if accounts.wake(self.place.connection_id):
                tasks.enqueue(tasks.poll_mailbox, self.place.connection_id)
            self.is_owed = False
        except Exception as error:  # noqa: BLE001 - the database is away, and comes back
            logger.warning("Not woken by %s: %s", self.name, type(error).__name__)
        finally:
            connections.close_all()


class Board:
    """Keeps one listener for each folder that wants one."""

    def __init__(self) -> None:
        self.listeners: dict[Place, Listener] = {}

    def keep(self) -> None:
        """Start what is missing, stop what is unwanted."""
        wanted = places()
        for place in [one for one in self.listeners if one not in wanted]:
            self.listeners.pop(place).stopped.set()
        for place in wanted:
            known = self.listeners.get(place)
            is_resting = known is not None and time.monotonic() - known.ended_at < REST_SECONDS
            if known is not None and (known.is_alive() or is_resting):
                continue
            self.listeners[place] = Listener(place)
            self.listeners[place].start()

    def stop(self) -> None:
        """End all of them; each within a step."""
        for listener in self.listeners.values():
            listener.stopped.set()
        for listener in self.listeners.values():
            listener.join(STEP_SECONDS * 2)

    def run(self) -> None:
        """For ever."""
        while True:
            try:
                self.keep()
            except Exception as error:  # noqa: BLE001 - the database is away, and comes back
                logger.warning("Mailboxes to listen to are not known now: %s", error)
            finally:
                connections.close_all()
            time.sleep(LOOK_EVERY_SECONDS)


def places() -> list[Place]:
    """The folders that could be read lately, of all mailboxes that could."""
    rows = Mailbox.objects.select_related("connection").filter(
        connection__is_active=True, failure_count=0, last_success_at__isnull=False
    )
    away = set(MailboxFolder.objects.exclude(error="").values_list("mailbox", "name"))
    return [
        Place(row.connection_id, name, row.settings_digest)
        for row in rows
        for name in mailbox_fields.folders(row.connection.settings)[:MOST_FOLDERS]
        if (row.pk, name) not in away
    ]


def start() -> None:
    """Begin, in a thread that ends with its process."""
    threading.Thread(target=Board().run, name="mailboxes", daemon=True).start()
