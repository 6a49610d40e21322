"""``python -m bench.drill``: start a demo of its own, play the drill on it, print what was measured."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench.drill.run import drill
from bench.drill.stack import RunningDemo
from bench.drill.table import lines
from tests.stack import RunningStack, data_directory


def main() -> None:
    """Exit 1 where anything was lost, doubled or answered wrongly."""
    parser = argparse.ArgumentParser(prog="python -m bench.drill", description=__doc__)
    parser.add_argument("--messages", type=int, default=200, help="how many; each is delivered twice")
    parser.add_argument("--seconds", type=float, default=0.0, help="over how long (default: 8 deliveries a second)")
    options = parser.parse_args()
    seconds = options.seconds or options.messages / 4
    with data_directory() as directory:
        stack = RunningStack(directory, "--demo")
        try:
            stack.start()
            result = asyncio.run(drill(RunningDemo(directory), options.messages, seconds))
        finally:
            stack.stop()
    for line in (*lines(result), *result.complaints):
        print(line)
    sys.exit(1 if result.complaints else 0)


if __name__ == "__main__":
    main()
