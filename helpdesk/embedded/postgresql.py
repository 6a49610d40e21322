"""The embedded PostgreSQL as a server: its command line, its databases, and waiting for it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from helpdesk.embedded.errors import CannotStart
from helpdesk.embedded.postgresql_files import SUPERUSER, Cluster

NAME = "onethread"
EXTENSIONS = ("vector", "pg_trgm", "unaccent")
# Named in every URL: a PGPORT in the operator's environment must not lead elsewhere.
PORT = "5432"
MEBIBYTE = 1024 * 1024


def command(cluster: Cluster, sockets: Path, *, connections: int, durable: bool = True) -> tuple[str, ...]:
    """The server in the foreground, on a private socket only.

    ``durable=False`` is for data that may be lost with the machine: tests.
    """
    memory = _memory_bytes() // MEBIBYTE
    settings = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_permissions": "0700",
        "max_connections": str(connections),
        # Small machines first: a sixteenth of the memory is enough for the hot part of a helpdesk.
        "shared_buffers": f"{min(max(memory // 16, 32), 512)}MB",
        "effective_cache_size": f"{max(memory // 2, 128)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 32), 256)}MB",
        "random_page_cost": "1.1",
        # Compiling a query costs more than any of ours takes.
        "jit": "off",
        "log_checkpoints": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return (str(cluster.binaries / "postgres"), "-D", str(cluster.data), "-k", str(sockets), *options)


def url(sockets: Path, *, database: str = NAME, user: str = NAME) -> str:
    """The URL of a database behind the socket."""
    return f"postgresql:///{database}?{urlencode({'host': str(sockets), 'port': PORT, 'user': user})}"


def wait_until_up(sockets: Path, seconds: float) -> None:
    """Return when the server accepts connections; ``CannotStart`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url(sockets, database="postgres", user=SUPERUSER), connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL doesn't answer: {error}") from error
            time.sleep(0.05)


def create_database(sockets: Path) -> None:
    """Make the role and the database where they are missing.

    The product's role owns its database and is no superuser. Extensions go into the template, so
    that every database made later (a restored one, a test's) has them without special rights.
    """
    _execute(sockets, "template1", *(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS))
    with psycopg.connect(url(sockets, database="postgres", user=SUPERUSER), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(NAME)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))


def _execute(sockets: Path, database: str, *statements: str) -> None:
    with psycopg.connect(url(sockets, database=database, user=SUPERUSER), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
