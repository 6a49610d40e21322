"""``python -m doubles``: all doubles in one process, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from doubles.esp import EspDouble
from doubles.graph import GraphDouble
from doubles.smtp import SmtpDouble
from doubles.twilio import TwilioDouble


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m doubles", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--twilio-port", type=int)
    parser.add_argument("--smtp-port", type=int)
    parser.add_argument("--graph-port", type=int)
    parser.add_argument("--esp-port", type=int)
    parser.add_argument(
        "--twilio-account",
        action="append",
        default=[],
        metavar="SID:TOKEN",
        help="an account and its auth token; repeatable. Without any, the first token seen for an account is its token",
    )
    options = parser.parse_args()
    accounts = dict(pair.split(":", 1) for pair in options.twilio_account if ":" in pair)
    if len(accounts) != len(options.twilio_account):
        parser.error("--twilio-account must be SID:TOKEN, each account once")
    ports = (options.twilio_port, options.smtp_port, options.graph_port, options.esp_port)
    if all(port is None for port in ports):
        parser.error("give --twilio-port, --smtp-port, --graph-port, --esp-port or several of them")
    try:
        asyncio.run(_serve(options, accounts))
    except OSError as error:
        sys.exit(f"doubles: {error}")


async def _serve(options: argparse.Namespace, accounts: dict[str, str]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    wanted: list[tuple[str, int | None, TwilioDouble | SmtpDouble | GraphDouble | EspDouble]] = [
        ("twilio", options.twilio_port, TwilioDouble(accounts)),
        ("smtp", options.smtp_port, SmtpDouble()),
        ("graph", options.graph_port, GraphDouble()),
        ("esp", options.esp_port, EspDouble()),
    ]
    running = [(name, port, double) for name, port, double in wanted if port is not None]
    for name, port, double in running:
        print(f"{name}: {await double.start(options.host, port)}", flush=True)  # noqa: T201
    await stopped.wait()
    for _, _, double in running:
        await double.stop()


if __name__ == "__main__":
    main()
