"""Stopping what a killed ``up`` left behind on a data directory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from helpdesk.embedded.environment import STACK
from helpdesk.embedded.errors import CannotStart
from helpdesk.embedded.places import Places

# What supervisor needs to stop everything in order, and what a lone process then gets.
ORDERLY_SECONDS, LONE_SECONDS = 11.0, 4.0


def stop(where: Places, postmaster_pid: Path) -> int:
    """Stop the processes of an earlier stack on this directory and return how many there were.

    Call only while holding the directory's lock. ``CannotStart`` if one won't go.
    """
    supervisors = _named_by(where.run / "supervisor.pid", str(where.run / "supervisor.conf"))
    everything = supervisors | _stores(where, postmaster_pid) | _marked(where.data)
    _end(supervisors, signal.SIGTERM, ORDERLY_SECONDS)
    postmasters = _named_by(postmaster_pid, str(postmaster_pid.parent))
    _end(postmasters, signal.SIGINT, LONE_SECONDS)
    rest = _stores(where, postmaster_pid) | _marked(where.data)
    _end(rest, signal.SIGTERM, LONE_SECONDS)
    left = {pid for pid in everything | rest | _marked(where.data) if _is_alive(pid)}
    _end(left, signal.SIGKILL, LONE_SECONDS)
    if stubborn := {pid for pid in left if _is_alive(pid)}:
        raise CannotStart(f"Processes of an earlier start can't be stopped: {sorted(stubborn)}.")
    return len(everything)


def kill(where: Places, postmaster_pid: Path) -> None:
    """End all of a stack's processes at once. PostgreSQL loses nothing by it, it recovers."""
    supervisors = _named_by(where.run / "supervisor.pid", str(where.run / "supervisor.conf"))
    _end(supervisors, signal.SIGKILL, LONE_SECONDS)
    _end(_stores(where, postmaster_pid) | _marked(where.data), signal.SIGKILL, LONE_SECONDS)


def _stores(where: Places, postmaster_pid: Path) -> set[int]:
    # Both rewrite their title, which hides their environment; both keep a pid file instead.
    found = _named_by(where.run / "redis.pid", str(where.redis_socket))
    return found | _named_by(postmaster_pid, str(postmaster_pid.parent))


def _named_by(pid_file: Path, expected: str) -> set[int]:
    """The process a pid file names, if its command line still is what we started: numbers are used again."""
    try:
        pid = int(pid_file.read_text().split()[0])
        command = _command_line(pid)
    except (OSError, ValueError, IndexError):
        return set()
    return {pid} if expected in command else set()


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def _marked(data_dir: Path) -> set[int]:
    """Processes whose environment says that they belong to this directory's stack; ourselves excepted."""
    mark = f"{STACK}={data_dir}".encode()
    found = set()
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (directory / "environ").read_bytes().split(b"\0"):
                found.add(int(directory.name))
    return found - {os.getpid()}


def _end(pids: Iterable[int], number: signal.Signals, seconds: float) -> None:
    waiting = set(pids)
    for pid in waiting:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
    deadline = time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        waiting = {pid for pid in waiting if _is_alive(pid)}
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):
        # A zombie has ended; only its parent hasn't looked yet.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True
