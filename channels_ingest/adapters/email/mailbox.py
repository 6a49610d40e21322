"""A mailbox behind the one interface: mail is fetched from it by IMAP, answers leave over SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField, Door
from channels_ingest.adapters.email import fetched, oauth
from channels_ingest.adapters.email.adapter import EmailAdapter
from channels_ingest.adapters.email.imap import ImapServer, MailboxSession, open_mailbox
from channels_ingest.adapters.email.mailbox_fields import FIELDS, folders
from channels_ingest.adapters.email.smtp import SmtpServer
from channels_ingest.adapters.failures import AdapterError, InvalidSignature, Unreadable
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest

_MOST_NAMED = 12


class MailboxAdapter(EmailAdapter):
    """IMAP in, SMTP out. See ``mailbox_fields`` for what it is made of."""

    provider = "imap"
    label = "E-mail (a mailbox: IMAP in, SMTP out)"
    beforehand: ClassVar[str] = (
        "The mailbox's address, its IMAP and SMTP servers, and its password; for Google or Microsoft an OAuth client "
        "and a refresh token."
    )
    fields: ClassVar[tuple[ConnectionField, ...]] = FIELDS

    def verify(self, request: RawRequest) -> None:
        """Nobody posts mail here: what counts is what our own log-in fetched."""
        if not fetched.is_ours(request, self.connection.pk):
            raise InvalidSignature("This channel takes no mail by HTTP: it reads its mailbox.")

    def accepted_authorizations(self) -> Iterator[str]:
        """None that anybody could show."""
        return iter(())

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """The mail, as what it was when it came into the mailbox."""
        if why := fetched.why_incomplete(request):
            raise Unreadable(why)
        arrived_at = fetched.arrived_at(request)
        items = super().parse(replace(request, received_at=arrived_at) if arrived_at else request)
        history_at = (arrived_at or request.received_at) if fetched.is_history(request) else None
        return [
            replace(item, history_at=history_at, occurred_at=item.occurred_at or arrived_at)
            if isinstance(item, InboundMessage)
            else item
            for item in items
        ]

    def imap_server(self) -> ImapServer:
        """Where the mailbox is, with a token that counts. Raises Misconfigured, or Transient without a token."""
        return ImapServer.of(self.connection.settings, self.connection.credentials, token=self._token())

    def smtp_server(self) -> SmtpServer:
        """Where mail leaves; logs in as the mailbox does, unless it has a log-in of its own."""
        settings, credentials = self.connection.settings, dict(self.connection.credentials)
        if credentials.get("smtp_user") or settings.get("smtp_security") == "none":
            return SmtpServer.of(settings, credentials)
        credentials |= {
            "smtp_user": credentials.get("imap_user"),
            "smtp_password": credentials.get("smtp_password") or credentials.get("imap_password"),
        }
        return replace(SmtpServer.of(settings, credentials), token=self._token())

    def check(self) -> Iterator[CheckResult]:
        """Whether mail can leave, be read, and be told apart by its senders."""
        yield self._check_smtp()
        yield from self._check_mailbox()
        yield self._check_sender_verification()

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """Nothing to copy: we go and fetch."""
        return iter(())

    def _token(self) -> str:
        if not oauth.is_used(self.connection.settings):
            return ""
        from channels_ingest.mailboxes import tokens  # it keeps them in the database, which stands above adapters

        return tokens.access_token(self.connection)

    def _check_mailbox(self) -> Iterator[CheckResult]:
        try:
            with open_mailbox(self.imap_server()) as session:
                yield CheckResult("Log-in to the mailbox", is_ok=True)
                yield from self._check_folders(session)
                yield _idle_line(session)
        except AdapterError as error:
            yield CheckResult("Mailbox", is_ok=False, what_to_do=error.text)

    def _check_folders(self, session: MailboxSession) -> Iterator[CheckResult]:
        there = session.folder_names()
        for name in folders(self.connection.settings):
            try:
                session.open_folder(name, read_only=True)
            except AdapterError as error:
                named = ", ".join(there[:_MOST_NAMED])
                advice = f"It can't be opened: {error.text} Enter one of these: {named}."
                yield CheckResult(f"Folder {name}", is_ok=False, what_to_do=advice)
            else:
                yield CheckResult(f"Folder {name}", is_ok=True)


def _idle_line(session: MailboxSession) -> CheckResult:
    if session.can_idle:
        return CheckResult("The server says when mail comes (IDLE)", is_ok=True)
    advice = "It doesn't; nothing to do. New mail is found when we look, at the interval that is set."
    return CheckResult("The server says when mail comes (IDLE)", is_ok=True, what_to_do=advice)
