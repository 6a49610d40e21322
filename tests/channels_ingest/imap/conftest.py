"""A Dovecot for each module, and a channel that reads a fresh mailbox of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels_ingest.imap import dovecot as servers
from tests.channels_ingest.imap.boxes import Box
from tests.channels_ingest.imap.dovecot import Dovecot


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    program = os.environ.get("DOVECOT", "")
    if not program:
        pytest.skip("No Dovecot here: apt-get install dovecot-imapd")
    with servers.running(program) as server:
        yield server


@pytest.fixture
def box(dovecot: Dovecot, db: Any) -> Box:
    """A mailbox that was connected just now."""
    return Box.connected(dovecot)
