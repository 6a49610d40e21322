"""Running management commands to their end, in processes of their own, with the stack's environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpdesk.embedded.errors import CannotStart

BASE_DIR = Path(__file__).resolve().parents[2]
TAIL_CHARACTERS = 2000


def run_together(commands: Sequence[Sequence[str]], environment: Mapping[str, str], log: Path) -> None:
    """Run several at once, their output in ``log``; ``CannotStart`` with its end if one fails."""
    with log.open("wb") as file:
        running = [(command, _start(command, environment, file.fileno())) for command in commands]
        failed = [command[0] for command, process in running if process.wait()]
    if failed:
        raise CannotStart(f"manage.py {failed[0]} failed:\n{_tail(log)}")


def output_of(command: Sequence[str], environment: Mapping[str, str], log: Path) -> str:
    """What one command prints; ``CannotStart`` with the end of its errors if it fails."""
    with log.open("wb") as file:
        process = _start(command, environment, file.fileno(), stdout=subprocess.PIPE)
        output, _ = process.communicate()
    if process.returncode:
        raise CannotStart(f"manage.py {command[0]} failed:\n{_tail(log)}")
    return output.decode()


def _start(
    command: Sequence[str], environment: Mapping[str, str], log: int, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log if stdout is None else stdout,
        stderr=log,
    )


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-TAIL_CHARACTERS:]
