"""Google's and Microsoft's way in: tokens from a double, judged by a real Dovecot that asks the double about them."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from django.db import connection as database

from channels_ingest.adapters.email.mailbox import MailboxAdapter
from channels_ingest.adapters.email.smtp import SmtpServer, open_session
from channels_ingest.adapters.failures import Misconfigured
from channels_ingest.mailboxes import tokens
from doubles.oauth import OAuthDouble
from tests.channels_ingest.imap import dovecot as servers
from tests.channels_ingest.imap.boxes import Box, a_mail
from tests.channels_ingest.imap.dovecot import Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("imap")]


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The double of the authorisation server: its base URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    double = OAuthDouble()
    try:
        yield asyncio.run_coroutine_threadsafe(double.start("127.0.0.1", 0), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(double.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def dovecot(service: str) -> Iterator[Dovecot]:
    program = os.environ.get("DOVECOT", "")
    if not program:
        pytest.skip("No Dovecot here: apt-get install dovecot-imapd")
    with servers.running(program, tokeninfo_url=f"{service}/tokeninfo?access_token=") as server:
        yield server


@pytest.fixture
def box(dovecot: Dovecot, service: str, db: Any) -> Box:
    """A mailbox to which somebody has allowed access."""
    httpx.post(f"{service}/reset")
    box = Box.connected(dovecot, imap_login="microsoft", oauth_token_url=f"{service}/token")
    grant = {"client_id": "our-app", "client_secret": "its-secret", "refresh_token": "first"}
    httpx.post(f"{service}/grants", json={**grant, "email": box.user})
    box.connection.credentials = {
        "imap_user": box.user,
        **{f"oauth_{name}": value for name, value in grant.items()},
    }
    box.connection.save()
    box.set()
    return box


def asked(service: str) -> list[int]:
    """How the service answered each request for a token."""
    return [one["status"] for one in httpx.get(f"{service}/log").json()["requests"]]


def test_a_mailbox_is_read_with_a_token_that_is_kept(box: Box, service: str):
    box.deliver(a_mail("By token"))
    box.poll()
    box.poll()
    assert box.texts() == ["By token"]
    assert asked(service) == [200]


def test_tokens_are_written_down_encrypted_only(box: Box, service: str):
    box.poll()
    token = box.row.access["token"]
    with database.cursor() as cursor:
        cursor.execute("SELECT access FROM channels_ingest_mailbox")
        assert token not in cursor.fetchone()[0]


def test_a_new_refresh_token_takes_the_old_ones_place(box: Box, service: str):
    httpx.post(f"{service}/behaviour", json={"is_rotating": True, "expires_in": 1})
    for _ in range(3):
        box.poll()
    assert asked(service) == [200, 200, 200]
    box.connection.refresh_from_db()
    assert box.connection.credentials["oauth_refresh_token"] not in ("", "first")
    assert box.row.error == ""


def test_access_that_was_withdrawn_is_told(box: Box, service: str):
    httpx.post(f"{service}/revoke", json={"refresh_token": "first"})
    box.poll()
    why = "invalid_grant Token has been expired or revoked."
    assert box.row.error == (
        f"Access to the mailbox was withdrawn or is not set up right ({why}). "
        "Allow it again and enter the new refresh token."
    )
    assert box.row.failure_count == 1


def test_a_service_that_is_away_is_asked_again(box: Box, service: str):
    httpx.post(f"{service}/behaviour", json={"status": 503})
    box.deliver()
    box.poll()
    assert box.row.error == "The token service answered 503."
    httpx.post(f"{service}/behaviour", json={"status": 0})
    box.poll()
    assert (len(box.texts()), box.row.error) == (1, "")


def test_a_token_that_counts_no_more_is_replaced(box: Box, service: str):
    box.poll()
    httpx.post(f"{service}/revoke", json={"access_token": box.row.access["token"]})
    box.deliver()
    box.poll()
    assert box.row.error.startswith("The mailbox refuses the login")
    box.poll()
    assert (len(box.texts()), box.row.error) == (1, "")


def test_somebody_elses_token_opens_no_mailbox(box: Box, service: str):
    box.connection.credentials = {**box.connection.credentials, "imap_user": "somebody-else"}
    box.connection.save()
    box.set()
    box.poll()
    assert box.row.error.startswith("The mailbox refuses the login")


class TokenHolders:
    """An SMTP server's side of XOAUTH2."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.seen: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1])
        self.seen.append(said)
        if said.endswith(f"auth=Bearer {self.token}\x01\x01".encode()):
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400","schemes":"Bearer"}')
        return AuthResult(success=False, handled=False)


def test_mail_leaves_with_the_same_token(box: Box):
    token = tokens.access_token(box.connection)
    handler = TokenHolders(token)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, auth_require_tls=False)
    controller.start()
    try:
        box.connection.settings |= {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "starttls"}
        server = MailboxAdapter(box.connection).smtp_server()
        assert (server.user, server.token) == (box.user, token)
        local = SmtpServer("127.0.0.1", port, "none", server.user, token=server.token)
        with open_session(local, local_hostname="shop.example") as session:
            session.noop()
        assert handler.seen == [f"user={box.user}\x01auth=Bearer {token}\x01\x01".encode()]
        with pytest.raises(Misconfigured):
            wrong = SmtpServer("127.0.0.1", port, "none", server.user, token="another")
            with open_session(wrong, local_hostname="shop.example"):
                pass
    finally:
        controller.stop()
