"""What belongs to one installation on disk: its keys and where its running stack can be reached."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

# Nobody else can list it, but PostgreSQL's own account passes through to the directory that is its.
DIRECTORY_MODE = 0o711


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets an installation can't do without. The first encryption key encrypts, all decrypt."""

    secret_key: str
    encryption_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Where a running ``manage.py up`` can be reached."""

    base_url: str
    database_url: str
    redis_url: str


def stack_file(data_dir: Path) -> Path:
    """``<data>/run/stack.json``, written by ``up`` once everything is ready to be found."""
    return data_dir / "run" / "stack.json"


def read_stack(data_dir: Path) -> Stack | None:
    """The stack that ``up`` described there, or None where none was started yet."""
    try:
        facts = json.loads(stack_file(data_dir).read_text())
        return Stack(facts["base_url"], facts["database_url"], facts["redis_url"])
    except (FileNotFoundError, PermissionError, ValueError, KeyError):
        return None


def read_or_make_keys(data_dir: Path) -> Keys:
    """The keys in ``<data>/keys.json``; made once, readable by the owner alone.

    Two processes that start together agree: the file appears whole, by an exclusive link.
    """
    path = data_dir / "keys.json"
    if not path.exists():
        data_dir.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        fresh = {
            "secret_key": secrets.token_urlsafe(50),
            "encryption_keys": [base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()],
        }
        draft = path.with_name(f".keys.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # somebody else was first, and theirs counts
        finally:
            draft.unlink()
    facts = json.loads(path.read_text())
    return Keys(facts["secret_key"], tuple(facts["encryption_keys"]))
