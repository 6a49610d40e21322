"""A mailbox on the server and the channel that reads it, for tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from imapclient import IMAPClient

from channels_ingest import ledger, processing
from channels_ingest.mailboxes import accounts, polling
from channels_ingest.mailboxes.models import Mailbox, MailboxFolder
from channels_ingest.models import Connection
from conversations.models import Channel, Message
from tests import build
from tests.channels_ingest.imap.dovecot import PASSWORD, Dovecot

_numbers = itertools.count(1)


def a_mail(text: str = "Where is my parcel?", *, sender: str = build.JO_MAIL, **headers: str) -> bytes:
    """A mail with a Message-ID of its own. Header names are written with underscores."""
    fields = {
        "From": f"Jo <{sender}>",
        "To": "help@shop.example",
        "Subject": "My parcel",
        "Message-ID": f"<{next(_numbers)}@customer.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{head}\n{text}\n".encode()


@dataclass(slots=True)
class Box:
    """One mailbox and its channel."""

    server: Dovecot
    user: str
    channel: Channel
    connection: Connection

    @classmethod
    def connected(cls, server: Dovecot, **settings: Any) -> Box:
        """A channel that reads a fresh, empty mailbox."""
        user = server.new_user()
        channel = build.channel("email", provider="imap", address=f"{user}@shop.example")
        connection = channel.connections.get()
        connection.settings = {
            "imap_host": "127.0.0.1",
            "imap_port": server.port,
            "imap_security": "none",
            "authserv_id": "mx.shop.example",
            **settings,
        }
        connection.credentials = {"imap_user": user, "imap_password": PASSWORD}
        connection.save()
        accounts.settle()
        return cls(server, user, channel, connection)

    @property
    def row(self) -> Mailbox:
        """Its state."""
        return Mailbox.objects.get(connection=self.connection)

    def folder(self, name: str = "INBOX") -> MailboxFolder:
        """How far a folder is read."""
        return MailboxFolder.objects.get(mailbox__connection=self.connection, name=name)

    def set(self, **settings: Any) -> None:
        """Change settings, as an admin does."""
        self.connection.refresh_from_db()
        self.connection.settings |= settings
        self.connection.save()
        accounts.settle()

    def connected_ago(self, age: timedelta) -> None:
        """As if it had been connected earlier."""
        Mailbox.objects.filter(connection=self.connection).update(connected_at=timezone.now() - age)

    def deliver(self, content: bytes | None = None, *, folder: str = "INBOX", at: datetime | None = None) -> bytes:
        """A mail comes into the mailbox."""
        content = a_mail() if content is None else content
        self.server.deliver(self.user, content, folder=folder, at=at)
        return content

    def other_program(self) -> IMAPClient:
        """Somebody's own mail program at the same mailbox."""
        return self.server.client(self.user)

    def poll(self) -> None:
        """Look into it, to the end, and work off what came."""
        while polling.poll(self.connection.pk):
            pass
        work_off()

    def texts(self) -> list[str]:
        """What its messages say, in their order."""
        return list(Message.objects.filter(channel=self.channel).order_by("pk").values_list("text", flat=True))

    def counts(self) -> dict[str, int]:
        """Where the ledger's rows stand, those without any left out."""
        return {state: count for state, count in ledger.counts(self.channel).items() if count}


def work_off() -> None:
    """What the workers do with stored requests."""
    while due := processing.due():
        for event_id in due:
            processing.process(event_id)
