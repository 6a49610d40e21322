"""``python -m bench.speed``: start a demo of its own, measure, write ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bench.drill.settling import settled
from bench.drill.stack import RunningDemo
from bench.speed import accepting, answering, arriving, flooding, growing, memory, threading_mail
from bench.speed.report import Figures, page
from tests.stack import RunningStack, data_directory

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
SETTLE_SECONDS = 300.0


def main() -> None:
    """Measure from rest to load: memory first, what leaves most behind last."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--output", type=Path, default=PAGE, help="where the page is written")
    options = parser.parse_args()
    with data_directory() as directory:
        stack = RunningStack(directory, "--demo")
        try:
            stack.start()
            text = page(asyncio.run(_measure(RunningDemo(directory))))
        finally:
            stack.stop()
    options.output.write_text(text)
    print(text)


async def _measure(demo: RunningDemo) -> Figures:
    held = await memory.measure(demo)
    arrivals = await asyncio.to_thread(arriving.measure, demo.place)
    answers = await asyncio.to_thread(answering.measure, demo.place)
    mails = await threading_mail.measure(demo)
    await settled(demo, SETTLE_SECONDS)
    doors = await accepting.measure(demo)
    await settled(demo, SETTLE_SECONDS)
    flood = await flooding.measure(demo)
    await settled(demo, SETTLE_SECONDS)
    return Figures(doors, arrivals, answers, mails, flood, await growing.measure(demo), held)


if __name__ == "__main__":
    main()
