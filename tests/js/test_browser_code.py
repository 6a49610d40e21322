"""The browser's own modules, tested by Node's runner: no build, no packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_the_browser_code_does_what_its_own_tests_say() -> None:
    node = shutil.which("node")
    if node is None and not os.environ.get("CI"):
        pytest.skip("Node is not installed")
    files = [str(path) for path in sorted(HERE.glob("*.test.js"))]
    assert len(files) > 5
    ran = subprocess.run([str(node), "--test", *files], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
