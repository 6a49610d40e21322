"""The stack under test as its own ``stack.json`` and ``demo.json`` describe it."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import redis
from psycopg.rows import DictRow, dict_row

from helpdesk.embedded.environment import STACK
from helpdesk.simulation.place import Place


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """One ``up --demo`` by its data directory."""

    data_dir: Path

    @property
    def facts(self) -> dict[str, Any]:
        """``stack.json`` at this moment."""
        facts: dict[str, Any] = json.loads((self.data_dir / "run" / "stack.json").read_text())
        return facts

    @property
    def demo(self) -> dict[str, Any]:
        """``demo.json``."""
        facts: dict[str, Any] = json.loads((self.data_dir / "demo.json").read_text())
        return facts

    @property
    def place(self) -> Place:
        """Its doors and secrets."""
        return Place.of(self.demo)

    def pid(self, name: str) -> int:
        """A child's process; 0 while there is none."""
        return int(self.facts["pids"][name])

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """End a child; the process that it was. Waits for one that is just being started."""
        while not (pid := self.pid(name)):
            time.sleep(0.1)
        os.kill(pid, number)
        return pid

    def flush_redis(self) -> None:
        """Redis forgets everything."""
        with redis.Redis.from_url(self.facts["redis_url"]) as client:
            client.flushall()

    def queue_length(self, name: str = "default") -> int:
        """How many jobs wait in a queue; 0 while Redis is away."""
        try:
            with redis.Redis.from_url(self.facts["redis_url"]) as client:
                return sum(int(client.llen(key)) for key in client.scan_iter(f"*:{name}", _type="list"))
        except redis.RedisError:
            return 0

    def query(self, statement: str, *parameters: object) -> list[DictRow]:
        """Read from the database, and only read."""
        url = self.facts["database_url"]
        with psycopg.connect(url, options="-c default_transaction_read_only=on", row_factory=dict_row) as database:
            return database.execute(statement.encode(), parameters).fetchall()

    def is_database_up(self) -> bool:
        """Whether PostgreSQL lets anybody in."""
        try:
            psycopg.connect(self.facts["database_url"], connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def strays(self) -> list[str]:
        """Processes of this stack that nobody supervises any more."""
        up = psutil.Process(self.facts["pids"]["up"])
        kept = {up.pid, *(child.pid for child in up.children(recursive=True))}
        found = []
        for process in psutil.process_iter(["pid"]):
            try:
                is_ours = process.environ().get(STACK) == str(self.data_dir)
                if is_ours and process.pid not in kept:
                    found.append(" ".join(process.cmdline())[:200])
            except psutil.Error:
                continue
        return found
