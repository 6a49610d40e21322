"""One mail to one address over SMTP, with the ways it can fail told apart."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from channels_ingest.adapters.email import bounce_words
from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from conversations.file_rules import megabytes

_TIMEOUT_SECONDS = 20.0
# Servers scan a mail before they take it; the standard allows them ten minutes.
_TIMEOUT_AFTER_DATA_SECONDS = 60.0
_SECURITIES = {"none": 25, "starttls": 587, "tls": 465}
# Answers that speak of our login, not of the message or its recipient.
_LOGIN_CODES = {530, 534, 535, 538}
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to hand mail over."""

    host: str
    port: int
    security: str  # "none", "starttls" or "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    # An OAuth access token, in the password's place.
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Mapping[str, Any], credentials: Mapping[str, Any]) -> SmtpServer:
        """The server that a connection's settings name. Raises Misconfigured where they can't work."""
        host = str(settings.get("smtp_host") or "").strip()
        security = str(settings.get("smtp_security") or "starttls").lower()
        if not host:
            raise Misconfigured("No SMTP server is set for this channel. Enter its host name.")
        if security not in _SECURITIES:
            raise Misconfigured("The SMTP encryption must be none, starttls or tls.")
        try:
            port = int(settings.get("smtp_port") or _SECURITIES[security])
        except (TypeError, ValueError):
            port = 0
        if not 0 < port < 65_536:
            raise Misconfigured("The SMTP port must be a number between 1 and 65535.")
        user, password = str(credentials.get("smtp_user") or ""), str(credentials.get("smtp_password") or "")
        if user and security == "none" and host not in _LOCAL_HOSTS:
            raise Misconfigured("The SMTP password would cross the network unencrypted. Choose starttls or tls.")
        return cls(host, port, security, user, password)


def send_mail(
    server: SmtpServer, *, from_address: str, to_address: str, content: bytes, needs_utf8: bool = False
) -> None:
    """Hand the mail over, for one recipient. ``content`` has CRLF line ends and nothing else.

    Raises Transient, Permanent, Misconfigured, or OutcomeUnknown where the connection was lost after the
    mail was sent and before the server said what it did with it.
    """
    with open_session(server, local_hostname=from_address.rpartition("@")[2]) as session:
        options = _options(session, needs_utf8=needs_utf8, size=len(content))
        _expect(session, lambda: session.mail(from_address, options), 250)
        _expect(session, lambda: session.rcpt(to_address), 250, 251)
        _expect(session, lambda: session.docmd("DATA"), 354)
        _transmit(session, content)


@contextmanager
def open_session(server: SmtpServer, *, local_hostname: str) -> Iterator[smtplib.SMTP]:
    """A greeted, encrypted and logged in session. Raises Transient or Misconfigured."""
    session = _connected(server, local_hostname if local_hostname.isascii() else "localhost")
    try:
        _prepare(session, server)
        yield session
    finally:
        try:
            session.quit()
        except (OSError, smtplib.SMTPException):
            session.close()


def _connected(server: SmtpServer, local_hostname: str) -> smtplib.SMTP:
    kind: Callable[..., smtplib.SMTP] = smtplib.SMTP
    extra: dict[str, Any] = {}
    if server.security == "tls":
        kind, extra = smtplib.SMTP_SSL, {"context": ssl.create_default_context()}
    with _told_apart():
        return kind(server.host, server.port, local_hostname=local_hostname, timeout=_TIMEOUT_SECONDS, **extra)


def _prepare(session: smtplib.SMTP, server: SmtpServer) -> None:
    try:
        with _told_apart():
            session.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                session.starttls(context=ssl.create_default_context())
                session.ehlo()
            if server.token:
                _log_in_by_token(session, server)
            elif server.user:
                session.login(server.user, server.password)
    except AdapterError:
        session.close()
        raise


def _log_in_by_token(session: smtplib.SMTP, server: SmtpServer) -> None:
    """XOAUTH2, as Google and Microsoft define it. A refusal comes as a challenge, to be answered with nothing."""
    login = f"user={server.user}\x01auth=Bearer {server.token}\x01\x01"
    session.auth("XOAUTH2", lambda challenge=None: "" if challenge else login)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Failures before any mail is handed over, as what they mean."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured("The SMTP server's certificate is not valid for its name.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Misconfigured("The SMTP server doesn't offer what is set here (STARTTLS or a login).") from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except ssl.SSLError as error:
        raise Misconfigured(
            "The SMTP server doesn't speak the encryption that is set. Check port and security."
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Transient(f"The SMTP server can't be reached ({type(error).__name__}).", code="connect") from error
    except UnicodeError as error:
        raise Misconfigured("The SMTP host or login has characters that can't be sent.") from error


def _refusal(code: int, answer: bytes | str) -> AdapterError:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    text = f"The mail server answered {code}: {' '.join(said.split())[:300]}"
    if code in _LOGIN_CODES:
        return Misconfigured(text, code=str(code))
    if not 500 <= code < 600:
        return Transient(text, code=str(code))
    status = bounce_words.status_in(said)
    if not status.startswith("5."):
        return Permanent(text, code=str(code))
    meaning = bounce_words.explain(status, said)
    return Permanent(meaning.text, code=status, address_health=meaning.address_health)


def _options(session: smtplib.SMTP, *, needs_utf8: bool, size: int) -> list[str]:
    options = []
    if needs_utf8:
        if not session.has_extn("smtputf8"):
            raise Permanent("The mail server can't send to addresses with characters outside ASCII.")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    if session.has_extn("size"):
        largest = session.esmtp_features.get("size", "")
        if largest.isdigit() and 0 < int(largest) < size:
            raise _too_large(int(largest))
        options.append(f"SIZE={size}")
    return options


def _too_large(largest: int) -> Permanent:
    limit = megabytes(largest)
    return Permanent(f"The mail with its files is larger than the mail server takes ({limit}).", code="552")


def _expect(session: smtplib.SMTP, command: Callable[[], tuple[int, bytes]], *codes: int) -> None:
    with _told_apart():
        code, answer = command()
    if code not in codes:
        raise _refusal(code, answer)


def _transmit(session: smtplib.SMTP, content: bytes) -> None:
    # A line that begins with a dot gets a second one; the server takes it away again.
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    end = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
    try:
        if session.sock is not None:
            session.sock.settimeout(_TIMEOUT_AFTER_DATA_SECONDS)
        session.send(stuffed + end)
        code, answer = session.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise OutcomeUnknown(
            "The connection was lost before the mail server said whether it took the mail.", code="no_answer"
        ) from error
    if code != 250:
        raise _refusal(code, answer)
