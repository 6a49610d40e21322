"""What was measured, for people."""

from __future__ import annotations

from collections.abc import Iterator

from bench.drill.faults import Fault
from bench.drill.run import Result


def lines(result: Result) -> Iterator[str]:
    """One line per blow, then the sums."""
    yield f"{'killed':10} {'process back':>13} {'accepted again':>15} {'shown again':>12}   (seconds)"
    for blow in result.blows:
        accepted = result.traffic.accepted_after(blow.struck_at)
        yield f"{blow.name:10} {_of(blow.back_after):>13} {_of(accepted):>15} {_of(_shown_after(result, blow)):>12}"
    statuses = ", ".join(f"{count} x {status or 'cut'}" for status, count in sorted(result.traffic.statuses().items()))
    yield f"answers: {statuses}"
    yield f"settled after {result.settle_seconds:.1f} s; at most {result.longest_queue} jobs waited"
    yield f"{result.callback_count} status callbacks, shuffled and doubled"
    cuts = [len(screen.cuts) for screen in result.screens]
    yield f"screens cut {cuts} times; windows cut {[len(window.cuts) for window in result.windows.values()]} times"
    errors = sorted({code for window in result.windows.values() for code in window.errors})
    refused = sorted({cut for link in (*result.screens, *result.windows.values()) for cut in link.cuts})
    yield f"windows were told {errors or 'no error'}; sockets saw {refused}"


def _shown_after(result: Result, blow: Fault) -> float | None:
    """Seconds until a screen showed something that was written after the blow."""
    moments = [
        screen.shown_at[text]
        for screen in result.screens
        for text, started_at in result.first_tried.items()
        if started_at > blow.struck_at and text in screen.shown_at
    ]
    return min(moments) - blow.struck_at if moments else None


def _of(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"
