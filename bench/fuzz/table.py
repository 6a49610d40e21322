"""The figures of a run, for people and for the note."""

from __future__ import annotations

from bench.fuzz.running import Result
from bench.fuzz.through_ledger import Stored

_SHOWN = 30


def text(seed: int, result: Result, stored: Stored | None) -> str:
    """All of it."""
    count = sum(result.outcomes.values())
    kinds = sorted({kind for kind, _ in result.outcomes})
    names = sorted({name for _, name in result.outcomes})
    lines = [
        f"{count:,} damaged mails and webhooks (seed {seed}) in {result.seconds:,.0f} s: "
        f"{count / max(result.seconds, 0.001):,.0f} a second, peak memory {result.peak_bytes / 1024**2:,.0f} MB",
        "",
        "| " + " | ".join(["", *names]) + " |",
        "| " + " | ".join(["---"] * (len(names) + 1)) + " |",
    ]
    for kind in kinds:
        lines.append("| " + " | ".join([kind, *(f"{result.outcomes[kind, name]:,}" for name in names)]) + " |")
    lines += ["", "Slowest (seconds of processor time, number, how it was made):"]
    lines += [f"  {took:6.3f}  {number:>7}  {told[:90]}" for took, number, told in result.slowest]
    if stored:
        lines += ["", stored.sentence]
    lines += ["", f"Findings: {len(result.failures)}"]
    for number, told, problem in result.failures[:_SHOWN]:
        last = problem.strip().splitlines()[-1][:160]
        lines.append(f"  {number}  {told[:80]}  {last}")
    if result.failures:
        lines.append(f"Repeat one: python -m bench.fuzz --seed {seed} --only NUMBER")
    return "\n".join(lines)
