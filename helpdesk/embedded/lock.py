"""One ``up`` per data directory."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.embedded.errors import Refused


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for as long as the block runs; ``Refused`` if somebody else holds it.

    The kernel drops the lock with its process, so a killed ``up`` leaves nothing to clean by hand.
    """
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 20, 0).decode().strip() or "unknown"
            raise Refused(f"Onethread is already running on {data_dir} (process {owner}).") from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
