"""A mailbox by TLS, as nearly every real one is: from the first byte, or by STARTTLS; and never without a true name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels_ingest.imap.boxes import Box
from tests.channels_ingest.imap.dovecot import Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("imap")]


@pytest.fixture
def trusted(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its authority is one of those that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.authority))


def encrypted(server: Dovecot, security: str) -> dict[str, Any]:
    return {"imap_security": security, "imap_port": server.tls_port if security == "tls" else server.port}


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_is_fetched_over_an_encrypted_connection(dovecot: Dovecot, trusted: None, security: str) -> None:
    box = Box.connected(dovecot, **encrypted(dovecot, security))
    box.deliver()
    box.poll()
    assert len(box.texts()) == 1
    assert "TLS" in (dovecot.home / "log").read_text()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(dovecot: Dovecot, security: str) -> None:
    box = Box.connected(dovecot, **encrypted(dovecot, security))
    box.deliver()
    box.poll()
    assert box.texts() == []
    assert box.row.error == "The IMAP server's certificate is not valid for its name."


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_another_name_is_refused(dovecot: Dovecot, trusted: None, security: str) -> None:
    box = Box.connected(dovecot, imap_host="localhost", **encrypted(dovecot, security))
    box.deliver()
    box.poll()
    assert box.texts() == []
    assert box.row.error == "The IMAP server's certificate is not valid for its name."


def test_an_encrypted_port_that_is_spoken_to_in_plain_words_is_a_matter_of_settings(dovecot: Dovecot) -> None:
    box = Box.connected(dovecot, imap_security="tls", imap_port=dovecot.port)
    box.poll()
    assert "TLS" in box.row.error or "encrypt" in box.row.error
