"""Each process starts by itself with the commands that the README gives."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.stack import ROOT
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(240)]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def commands(port: int) -> list[list[str]]:
    """The README's commands for web, worker, ai and beat, in one line each."""
    text = (ROOT / "README.md").read_text().replace("\\\n", " ")
    found = re.findall(r"^    ((?:uvicorn|celery) .+)$", text, re.MULTILINE)
    assert len(found) == 4
    local = [one.replace("--host 0.0.0.0 --port 8000", f"--host 127.0.0.1 --port {port}") for one in found]
    return [[sys.executable, "-m", *one.split()] for one in local]


def parts(port: int) -> dict[str, str]:
    """What ``/health/ready`` says of each part; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return dict(json.load(answer)["parts"])
    except OSError:
        return {}


def test_web_worker_ai_and_beat_start_alone_as_the_readme_says(tmp_path: Path) -> None:
    port = free_port()
    given = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    environment = given | {
        "HELPDESK_SECRET_KEY": secrets.token_urlsafe(50),
        "HELPDESK_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "HELPDESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HELPDESK_DATABASE_POOL_SIZE": "10",
        "HELPDESK_DATA_DIR": str(tmp_path / "new"),
    }
    for first in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run([sys.executable, "manage.py", *first], cwd=ROOT, env=environment, check=True)
    with (tmp_path / "log").open("wb") as log:
        running = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) for command in commands(port)
        ]
    try:
        eventually(lambda: set(parts(port).values()) == {"ok"}, within_seconds=150)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)
