"""``<data>/run/stack.json``: how tools and other commands find a running stack."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from helpdesk.installation import Stack, stack_file


def write(data_dir: Path, stack: Stack, pids: Mapping[str, int]) -> None:
    """Replace the description at once, readable by the owner alone."""
    facts = {
        "base_url": stack.base_url,
        "database_url": stack.database_url,
        "redis_url": stack.redis_url,
        "pids": dict(pids),
    }
    path = stack_file(data_dir)
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(facts, file, indent=1)
    draft.rename(path)


def remove(data_dir: Path) -> None:
    """Forget a stack that is gone."""
    stack_file(data_dir).unlink(missing_ok=True)
