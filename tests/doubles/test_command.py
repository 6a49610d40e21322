"""``python -m doubles`` as an operator starts it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "doubles", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_one_process_serves_all_and_stops_when_told() -> None:
    ports = ("--twilio-port", "0", "--smtp-port", "0", "--graph-port", "0", "--esp-port", "0")
    with start(*ports, "--twilio-account", "AC1:token") as process:
        assert process.stdout is not None
        twilio = process.stdout.readline().split()[1]
        mail = process.stdout.readline().split()[1]
        graph = process.stdout.readline().split()[1]
        services = process.stdout.readline().split()[1]
        assert httpx.get(graph).json() == {"double": "graph"}
        assert httpx.get(services).json() == {"double": "esp"}
        assert httpx.get(twilio).json() == {"double": "twilio"}
        assert httpx.get(mail.replace("smtp://", "http://")).json() == {"double": "smtp"}
        assert httpx.get(f"{twilio}/2010-04-01/Accounts/AC1.json", auth=("AC1", "token")).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


@pytest.mark.parametrize("arguments", [(), ("--twilio-port", "0", "--twilio-account", "AC1")])
def test_wrong_arguments_are_told(arguments: tuple[str, ...]) -> None:
    with start(*arguments) as process:
        assert process.wait(10) == 2


def test_the_doubles_know_nothing_of_the_product() -> None:
    known = "import sys, doubles.__main__; print([m for m in sys.modules if m.split('.')[0] in sys.argv[1:]])"
    apps = ["django", "helpdesk", "customers", "conversations", "channels_ingest", "ai_tier1"]
    loaded = subprocess.run([sys.executable, "-c", known, *apps], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
