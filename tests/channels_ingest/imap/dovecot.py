"""A real Dovecot of our own: a directory, a free port, an unprivileged account, mailboxes as Maildir."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from helpdesk.embedded.account import Account, service_account
from helpdesk.embedded.death import die_with_parent
from tests import certificates

# Whoever asks has this password; not everything in it is ASCII.
PASSWORD = "Schlüssel"
START_SECONDS = 15.0
_numbers = itertools.count(1)

CONFIGURATION = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/mail/%u
mailbox_idle_check_interval = 1s
maildir_stat_dirs = yes
mail_fsync = never
auth_mechanisms = plain{mechanisms}
auth_cache_size = 0
auth_failure_delay = 0 s
service imap-login {{
  chroot =
  process_min_avail = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Whoever failed to log in is not kept waiting.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
{oauth}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/homes/%u
}}
"""
OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth.conf
}}
"""


@dataclass(slots=True)
class Dovecot:
    """A server that can be stopped and started again."""

    program: str
    home: Path
    port: int
    tls_port: int
    account: Account | None
    tokeninfo_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        with (self.home / "out").open("wb") as output:
            self.process = subprocess.Popen(
                [self.program, "-F", "-c", str(self.home / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - as in tests/services.py
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                    if probe.recv(100).startswith(b"* OK"):
                        return
            except OSError:
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"Dovecot doesn't start: {self._words()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it and end every session."""
        if self.process is not None:
            # All of it: sessions that are open outlive their master otherwise.
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
            self.process = None

    @property
    def authority(self) -> Path:
        """Whom to trust, to believe its certificate."""
        return self.home / "authority.pem"

    def new_user(self) -> str:
        """A fresh mailbox."""
        name = f"box{next(_numbers)}"
        with self.client(name):
            pass  # the folders are made at the first log-in
        return name

    def client(self, user: str) -> IMAPClient:
        """Another mail program at the same mailbox."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.plain_login(user, PASSWORD)
        return client

    def deliver(self, user: str, content: bytes, *, folder: str = "INBOX", at: datetime | None = None) -> Path:
        """Drop a mail into the Maildir, as a mail server does whether or not Dovecot runs."""
        directory = self.folder(user, folder)
        for part in ("tmp", "new", "cur"):
            self._make(directory / part)
        name = f"{time.time_ns()}.{next(_numbers)}.test"
        path = directory / "new" / name
        draft = directory / "tmp" / name
        draft.write_bytes(content)
        self._own(draft)
        if at:
            os.utime(draft, (at.timestamp(), at.timestamp()))
        draft.rename(path)
        return path

    def folder(self, user: str, name: str = "INBOX") -> Path:
        """The Maildir of a folder."""
        root = self.home / "mail" / user
        return root if name == "INBOX" else root / f".{name}"

    def forget_uids(self, user: str, folder: str = "INBOX") -> None:
        """Make the server give all mails new UIDs under a new UIDVALIDITY: its own list is gone."""
        for path in self.folder(user, folder).glob("dovecot*"):
            if path.is_file():
                path.unlink()
        time.sleep(1.1)  # UIDVALIDITY is a time in seconds

    def _make(self, directory: Path) -> None:
        missing = [one for one in (directory, *directory.parents) if not one.exists()]
        directory.mkdir(parents=True, exist_ok=True)
        for one in missing:
            self._own(one)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        self._own(path)

    def _own(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _words(self) -> str:
        return "".join(one.read_text() for one in (self.home / "out", self.home / "log") if one.exists())[-3000:]

    def prepare(self) -> None:
        """Write the configuration."""
        me = self.account
        uid, gid = (me.uid, me.gid) if me else (os.getuid(), os.getgid())
        values = {
            "home": self.home,
            "port": self.port,
            "tls_port": self.tls_port,
            "password": PASSWORD,
            "user": pwd.getpwuid(uid).pw_name,
            "group": grp.getgrgid(gid).gr_name,
            "uid": uid,
            "gid": gid,
            "mechanisms": " xoauth2" if self.tokeninfo_url else "",
        }
        values["oauth"] = OAUTH.format(**values) if self.tokeninfo_url else ""
        for name in ("run", "state", "mail", "homes"):
            self._make(self.home / name)
        for path in certificates.write(self.home, address="127.0.0.1"):
            self._own(path)
        self._write(self.home / "dovecot.conf", CONFIGURATION.format(**values))
        self._write(self.home / "oauth.conf", f"tokeninfo_url = {self.tokeninfo_url}\nusername_attribute = email\n")


@contextmanager
def running(program: str, *, tokeninfo_url: str = "") -> Iterator[Dovecot]:
    """A server until the block ends."""
    home = Path(tempfile.mkdtemp(prefix="onethread-dovecot-"))
    account = service_account()
    if account:
        os.chown(home, account.uid, account.gid)
    with socket.socket() as free, socket.socket() as free_too:
        for one in (free, free_too):
            one.bind(("127.0.0.1", 0))
        port, tls_port = free.getsockname()[1], free_too.getsockname()[1]
    server = Dovecot(program, home, port, tls_port, account, tokeninfo_url)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
