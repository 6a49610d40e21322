"""Where one stack keeps its files and sockets."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from helpdesk import installation
from helpdesk.embedded.account import Account, hand_over
from helpdesk.embedded.errors import CannotStart

# sockaddr_un: 108 bytes with the closing zero on Linux, 104 on macOS and the BSDs.
LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103
# Supervisor binds "<name>.<its pid>" first and renames it, PostgreSQL adds a lock file beside its socket.
LONGEST_SOCKET_NAME = len("supervisor.sock.4194304")


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of one installation. All exist once ``prepare`` returned."""

    data: Path
    run: Path
    log: Path
    sockets: Path

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def supervisor_socket(self) -> Path:
        return self.sockets / "supervisor.sock"


def prepare(data_dir: Path) -> Places:
    """Make what is missing. A data directory that exists keeps its mode, parents always do."""
    # Under root, PostgreSQL's account passes through to its own directory; all else is 0600 or 0700.
    data_dir.mkdir(mode=installation.DIRECTORY_MODE, parents=True, exist_ok=True)
    run, log = data_dir / "run", data_dir / "log"
    for directory in (run, log):
        directory.mkdir(mode=0o700, exist_ok=True)
        directory.chmod(0o700)
    return Places(data_dir, run, log, socket_directory(run, account=None))


def socket_directory(preferred: Path, *, account: Account | None) -> Path:
    """``preferred`` itself, or a short private directory where a socket's path would be too long.

    The name is derived from ``preferred``, so that a second start finds the same one.
    """
    if len(os.fsencode(preferred)) + 1 + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
        preferred.mkdir(mode=0o700, exist_ok=True)
        hand_over(preferred, account)
        return preferred
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"onethread-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    _require_private(short, account)
    hand_over(short, account)
    return short


def _require_private(directory: Path, account: Account | None) -> None:
    """The parent is world-writable: what stands there must be ours, or a stranger would own our sockets."""
    facts = directory.lstat()
    owners = {os.geteuid()} | ({account.uid} if account else set())
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in owners or stat.S_IMODE(facts.st_mode) & 0o077:
        raise CannotStart(f"{directory} exists and isn't a private directory of ours. Remove it, or set TMPDIR.")
