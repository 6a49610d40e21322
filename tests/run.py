"""``make test``: starts the services, then pytest. ``make test ARGS="tests/conversations -k merge"`` runs a part.

Everything that settings read has to stand before pytest-django loads them, so it happens here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402

WORKERS = "2"
# Servers' programs are not on every user's path.
SERVERS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


def main(arguments: list[str]) -> int:
    """Run the tests and return pytest's exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    browser = find_browser()
    dovecot = find_dovecot()
    postfix = find_postfix()
    with services.running() as running:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
        environment |= {
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "HELPDESK_DATA_DIR": str(running.directory / "data"),
            "CHROMIUM": browser,
            "DOVECOT": dovecot,
            "POSTFIX": postfix,
        }
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, cwd=ROOT, env=environment, check=True)
        return _run(pytest_command(arguments), environment)


def pytest_command(arguments: list[str]) -> list[str]:
    """All tests on two workers; a part of them in one process, which starts sooner and can be debugged."""
    spread = ["--dist", "loadgroup", "-n", "0" if arguments else WORKERS]
    return [sys.executable, "-m", "pytest", "-p", "tests.isolation", *spread, *arguments]


def find_browser() -> str:
    """Chromium's path, installed first where we may; empty where there is none, which CI doesn't accept."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return found or _installed("chromium", "chromium", variable="CHROMIUM", whose="Browser tests need Chromium")


def find_dovecot() -> str:
    """The path of Dovecot, the IMAP server, in the same way."""
    found = os.environ.get("DOVECOT") or shutil.which("dovecot", path=SERVERS)
    return found or _installed("dovecot", "dovecot-imapd", variable="DOVECOT", whose="Tests of mailboxes need Dovecot")


def find_postfix() -> str:
    """The path of Postfix, the mail server. It starts as root only: for others there is none, in CI too."""
    if os.geteuid() != 0:
        return ""
    found = os.environ.get("POSTFIX") or shutil.which("postfix", path=SERVERS)
    return found or _installed("postfix", "postfix", variable="POSTFIX", whose="Tests of the pipe need Postfix")


def _installed(program: str, package: str, *, variable: str, whose: str) -> str:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["/usr/bin/apt-get", "update", "-qq"], env=quiet, check=False)
        install = ["/usr/bin/apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        with _nothing_starts_by_itself():
            subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)
        if found := shutil.which(program, path=SERVERS):
            return found
    problem = f"{whose}: apt-get install {package} as root, or set {variable} to its path."
    if os.environ.get("CI") == "true":
        sys.exit(problem)
    print(problem, file=sys.stderr)  # noqa: T201
    return ""


@contextmanager
def _nothing_starts_by_itself() -> Iterator[None]:
    """Debian starts a server that it installs, unless this file says no. The tests start their own."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def _run(command: list[str], environment: dict[str, str]) -> int:
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
