"""The process that supervises: supervisor's own daemon, with three things of ours done between fork and exec.

Every child is told to end with its parent; the web alone gets the listening socket; the stores,
which run as somebody else or hold no secrets of ours, get a bare environment.
Run as ``python -m helpdesk.embedded.supervisord -n -c <configuration>``.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

from supervisor import supervisord
from supervisor.options import ServerOptions

from helpdesk.embedded.death import die_with_parent
from helpdesk.embedded.environment import BARE, LISTENING, STACK, TAKES_SOCKET

PASSED_TO_STORES = ("PATH", "TZ", STACK)


class Options(ServerOptions):  # type: ignore[misc]  # supervisor has no type information
    """Supervisor's view of the system, with our own last steps before a child's program starts."""

    listening: int | None = None

    def close_fd(self, fd: int) -> None:
        """Close what a child must not inherit; the socket stays until ``execve`` decides."""
        if fd != self.listening:
            with contextlib.suppress(OSError):
                os.close(fd)

    def execve(self, filename: str, argv: list[str], env: dict[str, str]) -> NoReturn:
        """Become the child's program."""
        die_with_parent()
        if env.pop(TAKES_SOCKET, None) and self.listening is not None:
            os.set_inheritable(self.listening, True)
        else:
            env.pop(LISTENING, None)
        if env.pop(BARE, None):
            env = {name: env[name] for name in PASSED_TO_STORES if name in env}
        os.execve(filename, argv, env)  # noqa: S606 - what supervisor itself does here


def main(arguments: list[str]) -> None:
    """Supervise until told to stop."""
    die_with_parent()
    options = Options()
    if os.environ.get(LISTENING):
        options.listening = int(os.environ[LISTENING])
        os.set_inheritable(options.listening, False)
    options.realize(arguments)
    options.first = True
    options.test = False
    supervisord.go(options)


if __name__ == "__main__":
    main(sys.argv[1:])
