"""Reads cases in two processes. A third looks at their clocks: nothing can keep it from ending one that hangs."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from typing import Any

import psutil

HANG_SECONDS = 2.0  # of processor time: others use this machine too
MAX_MEMORY_BYTES = 3 * 1024**3
POLL_SECONDS = 0.2
_MAX_KEPT = 200
_NOT_YET = 1e9


@dataclass(slots=True)
class Result:
    """What became of a range of cases. Failures are (number, kind and damage, problem)."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[tuple[int, str, str]] = field(default_factory=list)
    slowest: list[tuple[float, int, str]] = field(default_factory=list)
    seconds: float = 0.0
    peak_bytes: int = 0

    def add(self, other: Result) -> None:
        """Both together."""
        self.outcomes += other.outcomes
        self.failures = (self.failures + other.failures)[:_MAX_KEPT]
        self.slowest = sorted(self.slowest + other.slowest, reverse=True)[:5]
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)

    def fail(self, number: int, told: str, problem: str) -> None:
        """Note a finding."""
        if len(self.failures) < _MAX_KEPT:
            self.failures.append((number, told, problem))


@dataclass(slots=True)
class _Reader:
    """One child, and what it shares: the number it is at, and its processor time when it began with that."""

    process: Any
    at: Synchronized[int]
    began: Synchronized[float]
    first: int
    last: int


def run(seed: int, count: int, *, processes: int) -> Result:
    """Read ``count`` cases. What hangs is ended, noted, and passed over."""
    started, total = time.monotonic(), Result()
    context = multiprocessing.get_context("fork")
    queue: Any = context.SimpleQueue()
    share = -(-count // processes)
    readers = [
        _start(context, queue, seed, first, min(count, first + share)) for first in range(0, count, share) if count
    ]
    while readers:
        time.sleep(POLL_SECONDS)
        while not queue.empty():
            total.add(queue.get())
        readers = [later for one in readers if (later := _watched(one, context, queue, seed, total))]
        _say(total, count)
    while not queue.empty():
        total.add(queue.get())
    total.seconds = time.monotonic() - started
    return total


def _start(context: Any, queue: Any, seed: int, first: int, last: int) -> _Reader:
    at, began = context.Value(ctypes.c_long, first), context.Value(ctypes.c_double, _NOT_YET)
    process = context.Process(target=_read, args=(queue, seed, first, last, at, began), daemon=True)
    process.start()
    return _Reader(process, at, began, first, last)


def _watched(reader: _Reader, context: Any, queue: Any, seed: int, total: Result) -> _Reader | None:
    """The reader, its follower where it had to be ended, or None where all is read."""
    if not reader.process.is_alive():
        if reader.process.exitcode == 0:
            return None
        total.fail(reader.at.value, "?", f"The reader died: exit code {reader.process.exitcode}.")
        return _after(reader, context, queue, seed)
    number, began = reader.at.value, reader.began.value
    try:
        times = psutil.Process(reader.process.pid).cpu_times()
    except psutil.NoSuchProcess:
        return reader
    if times.user + times.system - began > HANG_SECONDS and number == reader.at.value and began == reader.began.value:
        os.kill(reader.process.pid, signal.SIGKILL)
        reader.process.join()
        total.outcomes["?", "hang"] += 1
        total.fail(number, "?", f"Not read after {HANG_SECONDS:g} seconds.")
        return _after(reader, context, queue, seed)
    return reader


def _after(reader: _Reader, context: Any, queue: Any, seed: int) -> _Reader | None:
    first = reader.at.value + 1
    return _start(context, queue, seed, first, reader.last) if first < reader.last else None


def _read(queue: Any, seed: int, first: int, last: int, at: Synchronized[int], began: Synchronized[float]) -> None:
    from bench.fuzz import cases
    from helpdesk.embedded.death import die_with_parent

    die_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    result, told_at = Result(), time.monotonic()
    for number in range(first, last):
        case = cases.make(seed, number)
        with at.get_lock():
            at.value, began.value = number, time.process_time()
        verdict = cases.judge(case)
        took = time.process_time() - began.value
        result.outcomes[case.kind, verdict.outcome] += 1
        if verdict.problem:
            result.fail(number, f"{case.kind}: {case.told}", verdict.problem)
        result.slowest = sorted([*result.slowest, (took, number, case.told)], reverse=True)[:5]
        if time.monotonic() - told_at > 1.0:
            result.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            queue.put(result)
            result, told_at = Result(), time.monotonic()
        with at.get_lock():
            # Making the next one is not reading it.
            began.value = _NOT_YET
    result.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    queue.put(result)


def _say(total: Result, count: int) -> None:
    print(f"\r{sum(total.outcomes.values()):,} of {count:,} read, {len(total.failures)} findings", end="", flush=True)
