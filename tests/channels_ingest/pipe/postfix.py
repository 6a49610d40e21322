"""A real Postfix of our own, whose transport for our domain is the pipe.

Postfix starts a pipe's program under an unprivileged account only, which may not reach this repository or its Python.
So a small relay stands between: it hands the mail to the test, which runs the command, and ends with its exit code.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.embedded.account import service_account
from helpdesk.embedded.death import die_with_parent

PROGRAM = "/usr/sbin/postfix"
START_SECONDS = 20.0
DOMAIN = "shop.example"

MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
relay_domains = {domain}
relay_transport = onethread
default_transport = error:nothing leaves here
alias_maps =
alias_database =
local_recipient_maps =
relay_recipient_maps =
# A second instead of minutes between two tries.
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
onethread_destination_recipient_limit = 1
onethread_transport_rate_delay = 0s
maillog_file_prefixes = {home}
maillog_file = {home}/log
"""
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
onethread unix - n n - 2 pipe
  flags=Rq user={user} argv={home}/relay
"""
RELAY = """#!/usr/bin/perl
use IO::Socket::UNIX;
my $there = IO::Socket::UNIX->new(Peer => "{home}/socket") or exit 75;
local $/; my $mail = <STDIN>;
print $there $mail; $there->flush; $there->shutdown(1);
my $code = <$there>;
exit(length($code // "") ? int($code) : 75);
"""


@dataclass(slots=True)
class Postfix:
    """The server, and what the pipe's program ended with for each mail handed to it."""

    home: Path
    port: int
    deliver: Callable[[bytes], int]
    codes: list[int] = field(default_factory=list)

    def queued(self) -> int:
        """How many mails it still has."""
        folders = ("incoming", "active", "deferred", "maildrop")
        return sum(1 for name in folders for path in (self.home / "queue" / name).rglob("*") if path.is_file())

    def words(self) -> str:
        """What it says of itself."""
        log = self.home / "log"
        return log.read_text() if log.exists() else ""

    def serve(self, listener: socket.socket) -> None:
        """The test's end of the relay."""
        with suppress(OSError):
            while True:
                there, _ = listener.accept()
                threading.Thread(target=self._take, args=(there,), daemon=True).start()

    def _take(self, there: socket.socket) -> None:
        with there, there.makefile("rb") as stream:
            code = self.deliver(stream.read())
            self.codes.append(code)
            there.sendall(str(code).encode())


@contextmanager
def running(deliver: Callable[[bytes], int]) -> Iterator[Postfix]:
    """A server until the block ends. ``deliver`` gets each mail and gives the program's exit code."""
    home = Path(tempfile.mkdtemp(prefix="onethread-postfix-"))
    home.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Postfix(home, port, deliver)
    _write_files(home, port)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "socket"))
        (home / "socket").chmod(0o666)
        listener.listen()
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        process = _start(home)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(10)
            listener.shutdown(socket.SHUT_RDWR)
            shutil.rmtree(home, ignore_errors=True)


def _write_files(home: Path, port: int) -> None:
    account = service_account()
    assert account is not None, "Postfix starts as root only"
    values = {"home": home, "port": port, "domain": DOMAIN, "user": account.name}
    configuration = home / "conf"
    configuration.mkdir()
    (configuration / "main.cf").write_text(MAIN.format(**values))
    (configuration / "master.cf").write_text(SERVICES.format(**values))
    (home / "relay").write_text(RELAY.replace("{home}", str(home)))
    (home / "relay").chmod(0o755)
    (home / "queue").mkdir()
    (home / "data").mkdir(mode=0o700)
    owner = pwd.getpwnam("postfix")
    os.chown(home / "data", owner.pw_uid, owner.pw_gid)


def _start(home: Path) -> subprocess.Popen[bytes]:
    configuration = str(home / "conf")
    made = subprocess.run([PROGRAM, "-c", configuration, "check"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    show = ["/usr/sbin/postconf", "-c", configuration, "-h", "daemon_directory"]
    programs = Path(subprocess.run(show, capture_output=True, text=True, check=True).stdout.strip())
    with (home / "out").open("wb") as output:
        return subprocess.Popen(
            [programs / "master", "-c", configuration, "-s"],  # in the foreground
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - as in tests/services.py
        )


def _wait(server: Postfix, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=2) as probe:
                if probe.recv(100).startswith(b"220"):
                    return
        except OSError:
            pass
        if time.monotonic() > deadline or process.poll() is not None:
            raise AssertionError(f"Postfix doesn't start: {(server.home / 'out').read_text()}{server.words()}"[-3000:])
        time.sleep(0.1)
