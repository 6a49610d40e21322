"""What the demo draws once and keeps in ``<data>/demo.json``: passwords, tokens, secrets."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def path(data_dir: Path) -> Path:
    """Where a data directory keeps its demo's facts."""
    return data_dir / "demo.json"


def read(data_dir: Path) -> Facts:
    """The facts of an earlier run; empty before the first."""
    try:
        facts = json.loads(path(data_dir).read_text())
    except FileNotFoundError:
        return {}
    return facts if isinstance(facts, dict) else {}


def write(data_dir: Path, facts: Facts) -> None:
    """Replace the file at once, readable by the owner alone."""
    draft = path(data_dir).with_name(f".demo.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(facts, file, indent=1)
    draft.replace(path(data_dir))


def new_password() -> str:
    """Long enough for the validators, short enough to type."""
    return secrets.token_urlsafe(12)


def new_secret() -> str:
    """A secret that only programs handle."""
    return secrets.token_urlsafe(32)


def new_digits() -> str:
    """15 digits, as Meta's ids have."""
    return str(10**14 + secrets.randbelow(9 * 10**14))


def new_hex() -> str:
    """32 hexadecimal digits, as Twilio's tokens and account numbers have."""
    return secrets.token_hex(16)
