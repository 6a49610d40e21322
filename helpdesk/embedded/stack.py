"""One whole Onethread on one machine: started, watched and stopped by ``manage.py up``."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from xmlrpc.client import Error as RpcError

from helpdesk import environment, installation
from helpdesk.embedded import (
    commands,
    description,
    doubles,
    listening,
    orphans,
    places,
    postgresql,
    postgresql_files,
    programs,
    ready,
    redis_server,
    supervisor_configuration,
)
from helpdesk.embedded.environment import STACK
from helpdesk.embedded.errors import StopRequested
from helpdesk.embedded.lock import only_one
from helpdesk.embedded.postgresql_files import Cluster
from helpdesk.embedded.supervisor import Supervisor

STORE_SECONDS = 60.0
STOP_SECONDS = 9.2
LOOK_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for."""

    data_dir: Path
    host: str
    port: int
    web_processes: int
    is_demo: bool


class Stack:
    """The running whole. Use ``running`` to get one; what it yields is stopped when the block ends."""

    def __init__(self, wish: Wish, listener: socket.socket, cluster: Cluster | None, where: places.Places) -> None:
        self.wish = wish
        self.places = where
        self.cluster = cluster
        self._listener = listener
        self._sockets = self._postgresql_sockets()
        self.facts = self._describe()
        output = where.log / "supervisor.out"
        self._supervisor = Supervisor(self._write_configuration(), where.supervisor_socket, output)
        self._pids: dict[str, int] = {}

    def start(self, complain: Callable[[str], None]) -> None:
        """Start everything and return when all of it works, however long that takes."""
        self._supervisor.start(self.environment(), self._listener.fileno())
        self._wait_for_stores()
        setup = [["migrate", "--noinput"], ["collectstatic", "--noinput"]]
        commands.run_together(setup, self.environment(), self.places.log / "setup.log")
        self._supervisor.start_group(programs.PRODUCT)
        while not ready.wait_until_ready(
            self.facts.base_url, is_supervised=lambda: self._supervisor.is_alive, complain=complain
        ):
            self._supervise_again(complain)
        self._note_pids()

    def demo(self) -> str:
        """Load the demo, wait until its questions can be answered, and return the JSON that describes it."""
        return commands.output_of(["demo", "--json", "--wait"], self.environment(), self.places.log / "demo.log")

    def watch(self, complain: Callable[[str], None]) -> None:
        """Keep the supervisor itself alive and ``stack.json`` true, until ``StopRequested`` is raised."""
        while True:
            if not self._supervisor.is_alive:
                self._supervise_again(complain)
            self._note_pids()
            time.sleep(LOOK_EVERY_SECONDS)

    def stop(self) -> None:
        """Stop every child within ten seconds, the hard way if need be."""
        if not self._supervisor.stop(STOP_SECONDS):
            orphans.kill(self.places, postgresql_files.postmaster_pid_file(self.places.data))
        description.remove(self.places.data)

    def environment(self) -> dict[str, str]:
        """The environment of every process of ours."""
        urls = {self.facts.base_url: None}
        if self.wish.is_demo:
            urls[self.facts.base_url.replace("127.0.0.1", "localhost")] = None
        ours = {
            "DATABASE_URL": self.facts.database_url,
            "REDIS_URL": self.facts.redis_url,
            "HELPDESK_DATA_DIR": str(self.wish.data_dir),
            "HELPDESK_PUBLIC_URL": environment.text("PUBLIC_URL") or ",".join(urls),
            "HELPDESK_DEMO": "1" if self.wish.is_demo else "0",
            "PYTHONUNBUFFERED": "1",
            STACK: str(self.wish.data_dir),
        }
        if self.wish.is_demo and not environment.text("SMTP_HOST"):
            chosen = doubles.ports(self.wish.data_dir, near=self._listener.getsockname()[1])
            ours |= {"HELPDESK_SMTP_HOST": doubles.HOST, "HELPDESK_SMTP_PORT": str(chosen.smtp)}
        inherited = {name: value for name, value in os.environ.items() if name not in _SPELLINGS}
        return inherited | ours

    def _describe(self) -> installation.Stack:
        port = self._listener.getsockname()[1]
        return installation.Stack(
            base_url=listening.base_url(self.wish.host, port),
            database_url=environment.text("DATABASE_URL") or postgresql.url(self._sockets),
            redis_url=environment.text("REDIS_URL") or redis_server.url(self.places.redis_socket),
        )

    def _postgresql_sockets(self) -> Path:
        if self.cluster is None:
            return self.places.sockets
        return places.socket_directory(self.cluster.home / "socket", account=self.cluster.account)

    def _write_configuration(self) -> Path:
        wanted = programs.product(self.places, web_processes=self.wish.web_processes)
        if self.wish.is_demo:
            wanted.append(programs.doubles(doubles.ports(self.wish.data_dir, near=self._listener.getsockname()[1])))
        if self.cluster:
            connections = programs.database_connections(self.wish.web_processes)
            wanted.append(programs.postgres(self.cluster, self._sockets, connections=connections))
        if not environment.text("REDIS_URL"):
            wanted.append(programs.redis(self.places))
        return supervisor_configuration.write(self.places, wanted)

    def _wait_for_stores(self) -> None:
        if self.cluster:
            postgresql.wait_until_up(self._sockets, STORE_SECONDS)
            postgresql.create_database(self._sockets)
        redis_server.wait_until_up(self.facts.redis_url, STORE_SECONDS)

    def _supervise_again(self, complain: Callable[[str], None]) -> None:
        """The supervisor was killed: its children end with it, and all start anew on the same socket."""
        complain("The supervisor ended unexpectedly; starting everything again.")
        orphans.stop(self.places, postgresql_files.postmaster_pid_file(self.places.data))
        self._supervisor.start(self.environment(), self._listener.fileno())
        self._wait_for_stores()
        self._supervisor.start_group(programs.PRODUCT)

    def _note_pids(self) -> None:
        with suppress(OSError, RpcError):  # the supervisor is looked at again in a second
            pids = {"up": os.getpid(), "supervisor": self._supervisor.pid, **self._supervisor.pids()}
            if pids != self._pids:
                description.write(self.places.data, self.facts, pids)
                self._pids = pids


# Both spellings of what a stack sets itself: the prefixed one would win over ours.
_SPELLINGS = frozenset({"HELPDESK_DATABASE_URL", "HELPDESK_REDIS_URL", "DATABASE_URL", "REDIS_URL", "DATA_DIR"})


@contextmanager
def running(wish: Wish, say: Callable[[str], None]) -> Iterator[Stack]:
    """Take the data directory and the port, clear what a killed start left, yield a stack ready to start.

    ``Refused`` when either is taken. SIGTERM and SIGINT raise ``StopRequested`` in the block;
    whatever ends it, nothing of the stack is left running.
    """
    where = places.prepare(wish.data_dir)
    with only_one(wish.data_dir), _stop_signals():
        if count := orphans.stop(where, postgresql_files.postmaster_pid_file(wish.data_dir)):
            say(f"Stopped {count} processes that an earlier start had left behind.")
        with listening.open_socket(wish.host, wish.port) as listener:
            cluster = None if environment.text("DATABASE_URL") else postgresql_files.locate(wish.data_dir)
            if cluster:
                postgresql_files.create(cluster)
            stack = Stack(wish, listener, cluster, where)
            try:
                yield stack
            finally:
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                stack.stop()


@contextmanager
def _stop_signals() -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise StopRequested

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
