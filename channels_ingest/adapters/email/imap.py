"""A session with an IMAP server, with the ways it can fail told apart. Knows no database.

The library (IMAPClient) is touched in this module alone.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from channels_ingest.adapters.failures import AdapterError, Misconfigured, Transient

logger = logging.getLogger(__name__)

_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
_SECURITIES = {"none": 143, "starttls": 143, "tls": 993}
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_MAX_SAID = 300
_TOOK = re.compile(r" \([\d.+ ]+ secs\)\.?$")
# Response codes of RFC 5530 that speak of the moment, not of the login.
_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")


class MailRefused(AdapterError):
    """The server doesn't give us this one mail; others may come."""


class FolderAway(AdapterError):
    """There is no such folder (any more), or it can't be opened; others may be read."""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where a mailbox is and how to log in: with a password, or with an OAuth access token."""

    host: str
    port: int
    security: str  # "none", "starttls" or "tls"
    user: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Mapping[str, Any], credentials: Mapping[str, Any], *, token: str = "") -> ImapServer:
        """The server that a connection's settings name. Raises Misconfigured where they can't work."""
        host = str(settings.get("imap_host") or "").strip()
        security = str(settings.get("imap_security") or "tls").lower()
        user = str(credentials.get("imap_user") or "").strip()
        password = str(credentials.get("imap_password") or "")
        if not host:
            raise Misconfigured("No IMAP server is set for this channel. Enter its host name.")
        if security not in _SECURITIES:
            raise Misconfigured("The IMAP encryption must be none, starttls or tls.")
        try:
            port = int(settings.get("imap_port") or _SECURITIES[security])
        except (TypeError, ValueError):
            port = 0
        if not 0 < port < 65_536:
            raise Misconfigured("The IMAP port must be a number between 1 and 65535.")
        if not user or not (password or token):
            raise Misconfigured("Enter the mailbox's user and password, or connect it with Google or Microsoft.")
        if security == "none" and host not in _LOCAL_HOSTS:
            raise Misconfigured("The mailbox's password would cross the network unencrypted. Choose tls or starttls.")
        return cls(host, port, security, user, password, token)


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder as it was opened. UIDs below ``next_uid`` are given away, none above is."""

    uid_validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What the server says about a mail before it is fetched: its size in bytes, and when it took it in."""

    uid: int
    size: int
    arrived_at: datetime | None


class MailboxSession:
    """An open, logged in session. Whatever breaks the connection is raised as Transient."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    @property
    def can_idle(self) -> bool:
        """Whether the server can say by itself that mail has come (RFC 2177)."""
        with _told_apart():
            return bool(self._client.has_capability("IDLE"))

    def folder_names(self) -> list[str]:
        """The folders that can be read."""
        with _told_apart():
            found = self._client.list_folders()
        return [str(name) for flags, _, name in found if b"\\Noselect" not in flags]

    def open_folder(self, name: str, *, read_only: bool) -> FolderState:
        """Open a folder; nothing in it is changed by that. Raises FolderAway."""
        with _told_apart(FolderAway):
            found = self._client.select_folder(name, readonly=read_only)
        validity, next_uid = found.get(b"UIDVALIDITY"), found.get(b"UIDNEXT")
        if validity is None:
            raise FolderAway("The server gives this folder no UIDVALIDITY, so mails in it can't be told apart.")
        if next_uid is None:  # an old server: one above the last mail is as good
            with _told_apart(FolderAway):
                next_uid = max(self._client.search(["UID", "*"]), default=0) + 1
        return FolderState(int(validity), int(next_uid))

    def uids(self, first: int, last: int, *, since: date | None = None) -> list[int]:
        """The mails from one UID to another, both included, that the server took in on a day or later.

        Never asks for "n:*": that gives the last mail even where its UID is lower.
        """
        wanted: list[Any] = ["UID", f"{first}:{last}"]
        if since is not None:
            wanted += ["SINCE", since]
        with _told_apart(FolderAway):
            found = self._client.search(wanted)
        return sorted({int(uid) for uid in found if first <= int(uid) <= last})

    def facts(self, uids: Sequence[int]) -> list[MailFacts]:
        """Sizes and times; of mails that somebody deleted meanwhile there are none. Raises MailRefused."""
        with _told_apart(MailRefused):
            found = self._client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
        return [
            MailFacts(uid, int(one.get(b"RFC822.SIZE") or 0), one.get(b"INTERNALDATE"))
            for uid, one in sorted(found.items())
        ]

    def mail(self, uid: int) -> bytes | None:
        """The whole mail, left unread. None where it is gone. Raises MailRefused."""
        return self._body(uid, "BODY.PEEK[]", b"BODY[]")

    def header(self, uid: int) -> bytes | None:
        """The header alone."""
        return self._body(uid, "BODY.PEEK[HEADER]", b"BODY[HEADER]")

    def mark_seen(self, uids: Sequence[int]) -> None:
        """Flag mails as read, where they still are."""
        with _told_apart(MailRefused):
            self._client.add_flags(list(uids), [b"\\Seen"], silent=True)

    def wait(self, seconds: float) -> bool:
        """Wait in IDLE for at most so long; True as soon as the server says anything about the folder's mails.

        ``begin_waiting`` first, ``end_waiting`` after any number of these.
        """
        with _told_apart():
            said = self._client.idle_check(seconds)
        return any(len(one) > 1 and one[1] in (b"EXISTS", b"RECENT") for one in said)

    def begin_waiting(self) -> None:
        """Enter IDLE."""
        with _told_apart():
            self._client.idle()

    def end_waiting(self) -> None:
        """Leave IDLE. Raises Transient where the server has gone meanwhile."""
        with _told_apart():
            self._client.idle_done()

    def _body(self, uid: int, asked: str, answered: bytes) -> bytes | None:
        with _told_apart(MailRefused):
            found = self._client.fetch([uid], [asked])
        if uid not in found:
            return None
        content = found[uid].get(answered)
        if not isinstance(content, bytes):
            raise MailRefused("The server lists this mail but gives nothing of it.")
        return content


@contextmanager
def open_mailbox(server: ImapServer) -> Iterator[MailboxSession]:
    """An encrypted and logged in session. Raises Transient or Misconfigured."""
    client = _connected(server)
    try:
        with _told_apart():
            if server.security == "starttls":
                client.starttls(ssl.create_default_context())
            _log_in(client, server)
        yield MailboxSession(client)
    finally:
        _leave(client)


def _connected(server: ImapServer) -> IMAPClient:
    context = ssl.create_default_context() if server.security == "tls" else None
    with _told_apart():
        client = IMAPClient(
            server.host,
            server.port,
            ssl=context is not None,
            ssl_context=context,
            timeout=SocketTimeout(_CONNECT_SECONDS, _READ_SECONDS),
        )
    client.normalise_times = False  # times with their zone
    return client


def _log_in(client: IMAPClient, server: ImapServer) -> None:
    if server.token:
        client.oauth2_login(server.user, server.token)
    elif client.has_capability("AUTH=PLAIN"):
        # Unlike LOGIN it carries every character.
        client.plain_login(server.user, server.password)
    else:
        client.login(server.user, server.password)


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (OSError, IMAPClientError):
        try:
            client.shutdown()
        except (OSError, IMAPClientError):
            logger.debug("An IMAP connection was gone already")


@contextmanager
def _told_apart(refusal: type[AdapterError] = Transient) -> Iterator[None]:
    """The library's failures as what they mean. A plain NO is the ``refusal``; all else ends the session."""
    try:
        yield
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError) or any(code in str(error) for code in _PASSING):
            raise Transient(f"The IMAP server can't log us in now: {_said(error)}.") from error
        raise Misconfigured(f"The mailbox refuses the login: {_said(error)}.", code="login") from error
    except CapabilityError as error:
        raise Misconfigured(f"The IMAP server can't do what is set here: {_said(error)}.") from error
    except IMAPClientAbortError as error:
        raise Transient(f"The IMAP server broke off: {_said(error)}.") from error
    except IMAPClientError as error:
        raise refusal(f"The IMAP server refuses: {_said(error)}.") from error
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured("The IMAP server's certificate is not valid for its name.") from error
    except ssl.SSLError as error:
        raise Misconfigured(
            "The IMAP server doesn't speak the encryption that is set. Check port and security."
        ) from error
    except OSError as error:
        raise Transient(f"The IMAP server can't be reached ({type(error).__name__}).") from error
    except UnicodeError as error:
        raise Misconfigured("The IMAP host or login has characters that can't be sent.") from error
    except (ValueError, LookupError, TypeError, AssertionError) as error:
        # The library stumbles over an answer that is none.
        raise refusal(f"The IMAP server's answer makes no sense ({type(error).__name__}).") from error


def _said(error: Exception) -> str:
    """The server's words, on one line, without what Dovecot tells of the time it took."""
    words = " ".join(str(error)[: _MAX_SAID * 2].removeprefix("b'").removesuffix("'").split())
    return _TOOK.sub("", words)[:_MAX_SAID].rstrip(". ")
