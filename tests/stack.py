"""A real ``manage.py up`` for tests that come through the front door."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
READY = "Onethread is ready on "


@contextmanager
def data_directory() -> Iterator[Path]:
    """A place for a stack that every account can reach (pytest's own are private) and that is removed again."""
    directory = Path(tempfile.mkdtemp(prefix="onethread-stack-"))
    directory.chmod(0o711)
    try:
        yield directory / "data"
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class RunningStack:
    """One ``up`` on a data directory of its own. ``start`` returns when it has printed its ready line."""

    def __init__(self, data_dir: Path, *options: str, port: int = 0) -> None:
        self.data_dir = data_dir
        self._command = up_command(data_dir, "--port", str(port), *options)
        self._output = data_dir.with_name(f"{data_dir.name}.output")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 240) -> None:
        """Start it; an AssertionError with its output if it isn't ready in time."""
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=plain_environment(), stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + seconds
        while READY not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Signal ``up``, wait for it, and return the seconds it took."""
        started = time.monotonic()
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)
        return time.monotonic() - started

    @property
    def output(self) -> str:
        """What ``up`` has printed since its last start."""
        return self._output.read_text()

    @property
    def facts(self) -> dict[str, Any]:
        """``stack.json`` as it is now."""
        facts: dict[str, Any] = json.loads((self.data_dir / "run" / "stack.json").read_text())
        return facts

    @property
    def base_url(self) -> str:
        """Where its web answers."""
        return str(self.facts["base_url"])


def up_command(data_dir: Path, *options: str) -> list[str]:
    """The command line of ``up``."""
    return [sys.executable, "manage.py", "up", "--data-dir", str(data_dir), *options]


def plain_environment() -> dict[str, str]:
    """Ours without what points at the test run's own services."""
    ours = ("HELPDESK_", "DATABASE_URL", "REDIS_URL", "PYTEST_", "PORT")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # Nobody writes but the tests, and nobody waits for a past that they don't look at.
    return inherited | {"HELPDESK_DEMO_TRICKLE": "no", "HELPDESK_DEMO_SMALL": "yes"}
