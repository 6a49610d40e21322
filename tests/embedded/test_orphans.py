from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from helpdesk.embedded import orphans, places

NO_DATABASE = Path("/nowhere/cluster/postmaster.pid")
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_what_carries_the_mark_of_this_directory_is_stopped_and_nothing_else(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    marked = subprocess.Popen(SLEEP, env={**os.environ, "HELPDESK_STACK": str(ours)})
    unrelated = subprocess.Popen(SLEEP, env={**os.environ, "HELPDESK_STACK": str(other)})
    try:
        assert orphans.stop(places.prepare(ours), NO_DATABASE) == 1
        assert marked.wait(5) != 0
        assert unrelated.poll() is None
    finally:
        for process in (marked, unrelated):
            process.kill()
            process.wait()


def test_a_pid_file_whose_number_was_given_to_another_process_is_ignored(tmp_path: Path) -> None:
    bystander = subprocess.Popen(SLEEP)
    try:
        where = places.prepare(tmp_path)
        (where.run / "redis.pid").write_text(f"{bystander.pid}\n")
        (where.run / "supervisor.pid").write_text(f"{bystander.pid}\n")

        assert orphans.stop(where, NO_DATABASE) == 0
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
