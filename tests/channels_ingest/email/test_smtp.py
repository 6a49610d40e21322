"""Every end of an SMTP conversation means one thing: sent, later, never, mend the settings, or unknown."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.message import Message as StandardMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from channels_ingest.adapters.email import smtp
from channels_ingest.adapters.email.smtp import SmtpServer, send_mail
from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from tests.channels_ingest.email.mails import email_adapter
from tests.channels_ingest.email.smtp_servers import CLOSE, scripted
from tests.channels_ingest.email.test_compose import LETTER


class Sink(Message):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[StandardMessage] = []

    def handle_message(self, message: StandardMessage) -> None:
        self.mails.append(message)


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    """A real SMTP server and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    yield handler, port
    controller.stop()


def _send(
    port: int,
    *,
    user: str = "",
    content: bytes = b"Subject: Lamp\r\n\r\nHello\r\n",
    security: str = "none",
    needs_utf8: bool = False,
) -> None:
    server = SmtpServer("127.0.0.1", port, security, user, "secret" if user else "")
    sender, recipient = "support@acme.example", "jo@x.example"
    send_mail(server, from_address=sender, to_address=recipient, content=content, needs_utf8=needs_utf8)


def test_a_mail_arrives_as_it_was_written(sink: tuple[Sink, int]) -> None:
    handler, port = sink
    adapter = email_adapter(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")

    result = adapter.send(LETTER)

    (mail,) = handler.mails
    assert result.provider_message_id == "<out-1@acme.example>"
    assert mail["Message-ID"] == "<out-1@acme.example>"
    assert mail["X-RcptTo"] == "jo@customer.example"
    assert mail["X-MailFrom"] == "support@acme.example"


def test_lines_that_begin_with_a_dot_end_nothing(sink: tuple[Sink, int]) -> None:
    handler, port = sink

    _send(port, content=b"Subject: Lamp\r\n\r\none\r\n.\r\n..two\r\n")

    assert str(handler.mails[0].get_payload()).split("\n")[:3] == ["one\r", ".\r", "..two\r"]


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ({"greeting": "421 too busy"}, Transient),
        ({"greeting": "554 no"}, Permanent),
        ({"MAIL": "451 later"}, Transient),
        ({"MAIL": "552 too big"}, Permanent),
        ({"MAIL": "530 log in first"}, Misconfigured),
        ({"MAIL": CLOSE}, Transient),
        ({"RCPT": "450 greylisted"}, Transient),
        ({"RCPT": "550 5.1.1 unknown"}, Permanent),
        ({"DATA": "451 later"}, Transient),
        ({"DATA": "554 no"}, Permanent),
        ({"DATA": CLOSE}, Transient),
        ({"end": "451 later"}, Transient),
        ({"end": "550 spam"}, Permanent),
        ({"end": CLOSE}, OutcomeUnknown),
    ],
)
def test_each_refusal_is_told_apart(replies: dict[str, str], outcome: type[AdapterError]) -> None:
    with scripted(**replies) as server, pytest.raises(outcome):
        _send(server.port)


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ({"AUTH": "535 wrong password"}, Misconfigured),
        ({"AUTH": "454 try later"}, Transient),
        ({"EHLO": "250 no login here"}, Misconfigured),
    ],
)
def test_a_refused_login_is_a_matter_of_settings(replies: dict[str, str], outcome: type[AdapterError]) -> None:
    with scripted(**replies) as server, pytest.raises(outcome):
        _send(server.port, user="ada")


def test_silence_after_the_mail_leaves_its_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_TIMEOUT_AFTER_DATA_SECONDS", 0.2)
    with scripted(end="250-and then nothing") as server, pytest.raises(OutcomeUnknown):
        _send(server.port)


def test_nobody_at_the_port_is_worth_another_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Transient):
        _send(port)


def test_a_server_without_starttls_is_a_matter_of_settings() -> None:
    with scripted() as server, pytest.raises(Misconfigured):
        _send(server.port, security="starttls")


def test_a_server_that_speaks_no_tls_is_a_matter_of_settings() -> None:
    with scripted() as server, pytest.raises(Misconfigured):
        _send(server.port, security="tls")


def test_a_server_without_smtputf8_cannot_take_such_addresses() -> None:
    with scripted() as server, pytest.raises(Permanent):
        _send(server.port, needs_utf8=True)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"smtp_host": "x.example", "smtp_security": "maybe"},
        {"smtp_host": "x.example", "smtp_port": "many"},
        {"smtp_host": "x.example", "smtp_port": 99_999},
        {"smtp_host": "x.example", "smtp_security": "none"},
    ],
)
def test_settings_that_cannot_work_are_named(settings: dict[str, object]) -> None:
    with pytest.raises(Misconfigured):
        SmtpServer.of(settings, {"smtp_user": "ada", "smtp_password": "secret"})


def test_the_port_follows_from_the_encryption_and_the_password_is_never_shown() -> None:
    server = SmtpServer.of({"smtp_host": "x.example", "smtp_security": "tls"}, {"smtp_password": "secret"})

    assert server.port == 465
    assert "secret" not in repr(server)


def test_the_live_test_names_what_is_missing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    lines = list(email_adapter(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", authserv_id="").check())

    assert [(line.name, line.is_ok) for line in lines] == [
        ("SMTP server", False),
        ("Inbound secret", True),
        ("Sender verification", False),
    ]


def test_the_live_test_passes_where_all_is_well() -> None:
    with scripted() as server:
        lines = list(email_adapter(smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none").check())

    assert all(line.is_ok for line in lines)
