"""Starting the supervising process and talking to it over its private socket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from helpdesk.embedded.environment import LISTENING
from helpdesk.embedded.errors import CannotStart

RUNNING = "RUNNING"
ANSWER_SECONDS = 10


class Supervisor:
    """A running supervisor, and the children it keeps."""

    def __init__(self, configuration: Path, socket: Path, output: Path) -> None:
        self._configuration = configuration
        self._socket = socket
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str], listening: int) -> None:
        """Start it, and with it the stores. ``listening`` is the descriptor that the web will accept on."""
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "helpdesk.embedded.supervisord", "-n", "-c", str(self._configuration)],
                cwd=Path(__file__).resolve().parents[2],
                env={**environment, LISTENING: str(listening)},
                pass_fds=[listening],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A session of its own: Ctrl-C in the terminal is for `up`, which then stops everything in order.
                start_new_session=True,
            )
        self._wait_for_socket()

    @property
    def is_alive(self) -> bool:
        """Whether the supervising process is still there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The supervising process's id; 0 before it was started."""
        return self._process.pid if self._process else 0

    def start_group(self, group: str) -> None:
        """Start every program of a group, without waiting for them."""
        self._call("startProcessGroup", group, False)

    def pids(self) -> dict[str, int]:
        """The process id of every child; 0 for one that isn't running at this moment."""
        children = cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        return {child["name"]: child["pid"] if child["statename"] == RUNNING else 0 for child in children}

    def stop(self, seconds: float) -> bool:
        """Stop the children in order and the supervisor itself; whether that was done within ``seconds``."""
        if self._process is None or self._process.poll() is not None:
            return True
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _wait_for_socket(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                self._call("getState")
                return
            except (OSError, xmlrpc.client.Error) as error:
                if not self.is_alive or time.monotonic() > deadline:
                    raise CannotStart(f"The supervisor didn't start: {self._output.read_text()[-1000:]}") from error
                time.sleep(0.05)

    def _call(self, name: str, *arguments: object) -> object:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{os.fspath(self._socket)}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
            answer: object = getattr(proxy.supervisor, name)(*arguments)
            return answer
