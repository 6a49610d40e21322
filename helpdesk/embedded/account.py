"""The unprivileged account that PostgreSQL runs under when Onethread itself is started by root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.errors import CannotStart

# The first one that exists. Both come with every Debian, Fedora and Alpine; no account is ever made.
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system account to which a child drops its privileges."""

    name: str
    uid: int
    gid: int


def service_account() -> Account | None:
    """The account for PostgreSQL, which refuses to run as root; None where we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL refuses to run as root and none of the accounts "
        f"{' or '.join(CANDIDATES)} exists. Start Onethread as an ordinary user, or give DATABASE_URL."
    )


def can_reach(path: Path, account: Account | None) -> bool:
    """Whether the account may enter every directory above ``path``, judged by the mode bits alone."""
    if account is None:
        return True
    return all(_may_enter(parent.stat(), account) for parent in path.resolve().parents if parent.exists())


def hand_over(path: Path, account: Account | None) -> None:
    """Make an existing directory belong to the account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _may_enter(facts: os.stat_result, account: Account) -> bool:
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == account.gid:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)
