"""``make eval``: how well the tier-1 finds and how often it is wrong, on a database of its own that goes away again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the evaluation with the command line's options; its exit code."""
    with services.running() as running:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
        environment |= {
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "HELPDESK_DATA_DIR": str(running.directory / "data"),
            "HELPDESK_LOG_LEVEL": "WARNING",
        }
        for command in (["migrate", "--noinput", "--verbosity", "0"], ["evaluate_tier1", *sys.argv[1:]]):
            done = subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
