"""``manage.py up`` from outside: one stack, used by all of these in order, stopped by the last."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stack import ROOT, RunningStack, data_directory, plain_environment, up_command

pytestmark = [pytest.mark.xdist_group("embedded"), pytest.mark.timeout(240)]
CHILDREN = {"web-1", "web-2", "worker", "ai", "beat", "postgres", "redis"}


@pytest.fixture(scope="module")
def stack() -> Iterator[RunningStack]:
    with data_directory() as directory:
        running = RunningStack(directory)
        try:
            running.start()
            yield running
        finally:
            running.stop()


def test_up_says_once_that_it_is_ready_and_where(stack: RunningStack) -> None:
    ready = [line for line in stack.output.splitlines() if line.startswith("Onethread is ready on http")]

    assert ready == [f"Onethread is ready on {stack.base_url}"]
    assert set(_health(stack)["parts"].values()) == {"ok"}


def test_a_running_stack_describes_itself_to_its_owner_alone(stack: RunningStack) -> None:
    path = stack.data_dir / "run" / "stack.json"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((stack.data_dir / "keys.json").stat().st_mode) == 0o600
    assert stack.facts["pids"].keys() == CHILDREN | {"up", "supervisor"}
    assert stack.facts["database_url"].startswith("postgresql://")
    assert stack.facts["redis_url"].startswith("unix://")


def test_a_second_up_on_the_same_directory_says_so_and_exits_2(stack: RunningStack) -> None:
    second = _up(stack.data_dir, "--port", "0")

    assert second.returncode == 2
    assert "already running" in second.stderr


def test_a_port_in_use_is_said_and_exits_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refused = _up(tmp_path / "data", "--port", str(other.getsockname()[1]))

    assert refused.returncode == 2
    assert "in use" in refused.stderr


def test_killed_children_come_back_and_callers_wait_meanwhile(stack: RunningStack) -> None:
    before = stack.facts["pids"]
    for name in CHILDREN:
        os.kill(before[name], signal.SIGKILL)

    # The listening socket isn't the web's own: nobody is refused while no web process is there.
    assert _health(stack)["status"] in {"degraded", "unavailable", "ready"}
    _wait_until(lambda: all(stack.facts["pids"][name] not in {0, before[name]} for name in CHILDREN))
    _wait_until(lambda: _health(stack)["status"] == "ready")


def test_a_killed_up_leaves_nothing_that_hinders_the_next_one(stack: RunningStack) -> None:
    before = stack.facts["pids"]
    assert stack.process
    stack.process.kill()
    stack.process.wait()
    stack.start()

    assert not [pid for pid in before.values() if _exists(pid)]
    assert _health(stack)["status"] == "ready"


def test_sigterm_stops_everything_within_ten_seconds(stack: RunningStack) -> None:
    pids = stack.facts["pids"]
    seconds = stack.stop(signal.SIGTERM)

    assert stack.process
    assert stack.process.returncode == 0
    assert seconds < 10
    assert not [name for name, pid in pids.items() if _exists(pid)]
    assert not (stack.data_dir / "run" / "stack.json").exists()


def _up(data_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = up_command(data_dir, *options)
    return subprocess.run(
        command, cwd=ROOT, env=plain_environment(), capture_output=True, text=True, timeout=60, check=False
    )


def _health(stack: RunningStack) -> Any:
    try:
        with urllib.request.urlopen(f"{stack.base_url}/health/ready", timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def _wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
