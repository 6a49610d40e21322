"""Asking the kernel to end a process with its parent, where the kernel can."""

from __future__ import annotations

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1

# Loaded here rather than after a fork, where loading a library isn't safe.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Have this process receive ``number`` when the process that started it ends, however it ends.

    Survives ``exec`` but not a change of user, so call it after that. Elsewhere than on Linux
    nothing happens: there the next ``up`` stops what was left over.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
