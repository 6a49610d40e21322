"""Several threads that start at the same moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

R = TypeVar("R")
LONGEST_SECONDS = 60


def at_once(functions: Sequence[Callable[[], R]]) -> list[R]:
    """Run them all together; their results in order. The first error of any is raised."""
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], R]) -> R:
        try:
            barrier.wait(LONGEST_SECONDS)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        running = [pool.submit(run, function) for function in functions]
        return [one.result(LONGEST_SECONDS) for one in running]
