"""The processes of one stack: what each is started as, and how it is told to stop."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.embedded import postgresql, redis_server
from helpdesk.embedded.doubles import HOST, DoublePorts
from helpdesk.embedded.environment import BARE, TAKES_SOCKET
from helpdesk.embedded.places import Places
from helpdesk.embedded.postgresql_files import Cluster

STORES, PRODUCT = "stores", "product"
# The product stops first, all of it at once, then the stores: together below ten seconds, of which
# supervisor, looking once a second, takes up to two.
STOP_SECONDS = {PRODUCT: 4, STORES: 2}
PREFORK_PROCESSES = 4
AI_THREADS = 2
POOL_SIZE = 10


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process. ``environment`` is written to a file: no secrets in it."""

    name: str
    group: str
    command: tuple[str, ...]
    stop_signal: str = "TERM"
    user: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def postgres(cluster: Cluster, sockets: Path, *, connections: int) -> Program:
    """The embedded database. INT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them."""
    return Program(
        "postgres",
        STORES,
        postgresql.command(cluster, sockets, connections=connections),
        stop_signal="INT",
        user=cluster.account.name if cluster.account else "",
        environment={BARE: "1"},
    )


def redis(places: Places) -> Program:
    """The embedded Redis."""
    command = redis_server.command(places.redis_socket, places.run / "redis.pid")
    return Program("redis", STORES, command, environment={BARE: "1"})


def product(places: Places, *, web_processes: int) -> list[Program]:
    """What Onethread is made of: web, worker, ai and beat."""
    web = {TAKES_SOCKET: "1", "HELPDESK_DATABASE_POOL_SIZE": str(POOL_SIZE)}
    return [
        *(
            Program(f"web-{number}", PRODUCT, _python("-m", "helpdesk.embedded.web"), environment=web)
            for number in range(1, web_processes + 1)
        ),
        # QUIT is Celery's soft shutdown: what is running may end within the soft timeout, then it is
        # cut, and the sweeper finds it.
        _worker("worker", "default", "--concurrency", str(PREFORK_PROCESSES)),
        _worker("ai", "ai", "--pool", "threads", "--concurrency", str(AI_THREADS)),
        Program("beat", PRODUCT, _celery("beat", "--pidfile", "")),
    ]


def doubles(ports: DoublePorts) -> Program:
    """The providers' doubles that a demo talks to instead of the real ones."""
    listen = [
        *("--host", HOST),
        *("--twilio-port", str(ports.twilio)),
        *("--smtp-port", str(ports.smtp)),
        *("--graph-port", str(ports.graph)),
    ]
    return Program("doubles", PRODUCT, _python("-m", "doubles", *listen))


def database_connections(web_processes: int) -> int:
    """How many connections PostgreSQL should allow: every pool filled, and room for people and commands."""
    return max(100, 50 + web_processes * POOL_SIZE)


def _worker(name: str, queue: str, *options: str) -> Program:
    # Workers of one stack have nothing to tell each other: rows and the queue say it all.
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    command = _celery("worker", "--queues", queue, "--hostname", f"{name}@onethread", *options, *quiet)
    return Program(name, PRODUCT, command, stop_signal="QUIT")


def _celery(*arguments: str) -> tuple[str, ...]:
    return _python("-m", "celery", "--app", "helpdesk", *arguments, "--loglevel", "INFO")


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)
