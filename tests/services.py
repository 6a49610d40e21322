"""One PostgreSQL and one Redis for a run of the tests, in a directory that goes away with them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded import places, postgresql, postgresql_files, redis_server
from helpdesk.embedded.death import die_with_parent

START_SECONDS = 60.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Services:
    """Where the tests find what they need."""

    directory: Path
    database_url: str
    redis_url: str


@contextmanager
def running() -> Iterator[Services]:
    """Start both, yield where they are, stop them whatever happens."""
    directory = Path(tempfile.mkdtemp(prefix="onethread-tests-"))
    directory.chmod(0o711)  # PostgreSQL's account passes through
    children: list[subprocess.Popen[bytes]] = []
    try:
        where = places.prepare(directory)
        cluster = postgresql_files.locate(directory)
        postgresql_files.create(cluster, durable=False)
        sockets = places.socket_directory(cluster.home / "socket", account=cluster.account)
        user = cluster.account.uid if cluster.account else None
        group = cluster.account.gid if cluster.account else None
        server = postgresql.command(cluster, sockets, connections=200, durable=False)
        children.append(_start(server, directory / "postgres.log", user, group))
        redis = redis_server.command(where.redis_socket, where.run / "redis.pid")
        children.append(_start(redis, directory / "redis.log"))
        postgresql.wait_until_up(sockets, START_SECONDS)
        postgresql.create_database(sockets)
        redis_server.wait_until_up(redis_server.url(where.redis_socket), START_SECONDS)
        yield Services(directory, postgresql.url(sockets), redis_server.url(where.redis_socket))
    finally:
        for child in children:
            child.send_signal(2)
        for child in children:
            _end(child)
        shutil.rmtree(directory, ignore_errors=True)


def _start(
    command: tuple[str, ...], log: Path, user: int | None = None, group: int | None = None
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            group=group,
            extra_groups=[] if user else None,
            # A test run that is killed takes its servers with it.
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has no threads
        )


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
