"""The continuity test of the whole product, through its real doors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import ROOT, RunningStack, plain_environment

SECONDS = 240


def simulate(data_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    command = [sys.executable, "manage.py", "simulate", "continuity", "--data-dir", str(data_dir), *options]
    return subprocess.run(command, cwd=ROOT, env=plain_environment(), capture_output=True, text=True, timeout=SECONDS)


@pytest.mark.xdist_group("stack")
@pytest.mark.timeout(SECONDS + 120)
def test_one_person_on_five_channels_is_one_conversation(demo_stack: RunningStack) -> None:
    told = simulate(demo_stack.data_dir)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "customers 1, conversations 1, channels chat+email+phone+sms+whatsapp" in told.stdout
    assert "NOT SO" not in told.stdout


@pytest.mark.xdist_group("stack")
def test_a_story_that_can_not_be_played_exits_with_one(demo_stack: RunningStack) -> None:
    told = simulate(demo_stack.data_dir, "--base-url", "http://127.0.0.1:1")
    assert told.returncode == 1
    assert "can be reached" in told.stdout


def test_without_a_demo_it_says_how_to_start_one(tmp_path: Path) -> None:
    told = simulate(tmp_path)
    assert told.returncode == 1
    assert "manage.py up --demo" in told.stderr
