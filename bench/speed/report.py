"""The figures as a page of the documentation."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import date

from bench.speed.accepting import CLIENTS, REQUESTS, ROUNDS, Doors
from bench.speed.answering import Answers
from bench.speed.arriving import Arrivals
from bench.speed.flooding import Flood
from bench.speed.growing import Growth
from bench.speed.memory import SOCKETS, Memory
from bench.speed.samples import Samples
from bench.speed.threading_mail import Mails


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that one run measured."""

    doors: Doors
    arrivals: Arrivals
    answers: Answers
    mails: Mails
    flood: Flood
    growth: Growth
    memory: Memory


def page(figures: Figures) -> str:
    """Markdown."""
    doors, memory = figures.doors, figures.memory
    rows = [
        _row("Webhook accepted (signature, ledger row, commit, 2xx)", doors.ours),
        _row("Floor: a bare Django view, same check, one row", doors.floor),
        _row("Webhook accepted while workers do what came in", doors.with_workers),
        _row("Text posted → shown in an agent's inbox", figures.arrivals.to_agent, is_rate=False),
        _row(f"The same while {figures.flood.waiting:,} mails still wait", figures.flood.to_agent, is_rate=False),
        _row("Text posted → shown in the customer's chat window", figures.arrivals.to_customer, is_rate=False),
        _row("Tier-1 answer by the API, no language model", figures.answers.by_api, is_rate=False),
        _row("Text posted → answer has left as a text (waits for the burst)", figures.answers.by_text, is_rate=False),
    ]
    held = [f"| {name} | {size:.0f} |" for name, size in memory.mebibytes.items()]
    total = sum(memory.mebibytes.values())
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured on {date.today().isoformat()} by `make bench` ({_machine()}; everything, the load included, on",
            "one machine over loopback). Read ratios rather than absolutes, and repeat it on yours. Nothing here is a",
            "test that a slow day could fail.",
            "",
            "## Speed",
            "",
            "| | a second | p50 / p95 / p99 ms |",
            "| --- | ---: | ---: |",
            *rows,
            f"| Raw mail → threaded message ({figures.mails.count} mails) | {figures.mails.per_second:.0f} | |",
            "",
            f"The door does {doors.ours.per_second / doors.floor.per_second:.0%} of its floor's requests a second: "
            f"{CLIENTS} clients, {REQUESTS} requests a round,",
            f"the middle one of {ROUNDS} rounds in turns with the floor's. For the first two rows the workers",
            "stand still.",
            "",
            "## Growth",
            "",
            "| messages stored before | raw mails threaded a second |",
            "| ---: | ---: |",
            *(f"| {size:,} | {mails.per_second:.0f} |" for size, mails in figures.growth.by_size.items()),
            "",
            "A third of the mails is from new people, a third answers a mail of ours, a third is a new mail of",
            "somebody known, spread over all that is stored.",
            "",
            "## Memory",
            "",
            "| process, at rest | MiB (PSS) |",
            "| --- | ---: |",
            *held,
            f"| all | {total:.0f} |",
            "",
            f"An idle agent's socket adds {memory.kibibytes_per_socket:.0f} KiB ({SOCKETS} of them).",
            "",
        ]
    )


def _row(name: str, samples: Samples, *, is_rate: bool = True) -> str:
    return f"| {name} | {f'{samples.per_second:.0f}' if is_rate else ''} | {samples.percentiles()} |"


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
