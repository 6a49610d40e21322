"""``python -m doubles``: all doubles in one process, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from doubles.smtp import SmtpDouble
from doubles.twilio import TwilioDouble


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m doubles", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--twilio-port", type=int)
    parser.add_argument("--smtp-port", type=int)
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
    if options.twilio_port is None and options.smtp_port is None:
        parser.error("give --twilio-port, --smtp-port or both")
    try:
        asyncio.run(_serve(options.host, options.twilio_port, options.smtp_port, accounts))
    except OSError as error:
        sys.exit(f"doubles: {error}")


async def _serve(host: str, twilio_port: int | None, smtp_port: int | None, accounts: dict[str, str]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    doubles: list[TwilioDouble | SmtpDouble] = []
    if twilio_port is not None:
        doubles.append(TwilioDouble(accounts))
        print(f"twilio: {await doubles[-1].start(host, twilio_port)}", flush=True)  # noqa: T201
    if smtp_port is not None:
        doubles.append(SmtpDouble())
        print(f"smtp: {await doubles[-1].start(host, smtp_port)}", flush=True)  # noqa: T201
    await stopped.wait()
    for double in doubles:
        await double.stop()


if __name__ == "__main__":
    main()
