"""``python -m bench.fuzz --count 100000 --seed 1``: read that many damaged inputs, print what became of them.

``--only NUMBER`` makes one case again, ``--save FILE`` writes its body. Exit code 1 where anything was found.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

KEYS = "testing-keys-that-are-nobodys-0123456789-abcdefghij"


def main() -> int:
    """Run, print, tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2, choices=(1, 2))
    parser.add_argument("--stored", type=int, default=2_000, help="how many go through ledger and database as well")
    parser.add_argument("--only", type=int, help="read this one case again")
    parser.add_argument("--save", type=Path, help="with --only: write the body there")
    options = parser.parse_args()
    with _services() if options.stored and options.only is None else nullcontext() as services:
        _prepare(services)
        return _one(options.seed, options.only, options.save) if options.only is not None else _all(options)


def _services() -> object:
    from tests import services

    return services.running()


def _prepare(services: object) -> None:
    """Settings of this run alone; nothing is asked of any network."""
    os.environ["HELPDESK_DATA_DIR"] = tempfile.mkdtemp(prefix="onethread-fuzz-")
    os.environ["HELPDESK_SECRET_KEY"] = KEYS
    os.environ["HELPDESK_ENCRYPTION_KEYS"] = "A" * 43 + "="
    os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"
    os.environ["DATABASE_URL"] = getattr(services, "database_url", "postgresql:///nowhere")
    os.environ["REDIS_URL"] = getattr(services, "redis_url", "redis://127.0.0.1:1/0")
    import django

    django.setup()
    from django.conf import settings

    from channels_ingest.adapters.email import dns_texts
    from tests.channels_ingest.twilio.requests import PUBLIC_URL

    settings.PUBLIC_URLS, settings.PUBLIC_URL = [PUBLIC_URL], PUBLIC_URL
    dns_texts.texts = _Names  # type: ignore[assignment, return-value]
    # What is only told is no finding, and there is a lot of it.
    logging.disable(logging.CRITICAL)


class _Names:
    """Knows one key, for every name."""

    def of(self, name: str, *, domain: str) -> list[str]:
        from tests.channels_ingest.email.signed_mails import record

        return ["v=DMARC1; p=reject"] if name.startswith("_dmarc") else [record()]


def _all(options: argparse.Namespace) -> int:
    from bench.fuzz import running, table, through_ledger

    result = running.run(options.seed, options.count, processes=options.processes)
    stored = None
    if options.stored:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        stored = through_ledger.run(options.seed, options.stored)
        for problem in stored.problems:
            result.fail(-1, "ledger", problem)
    print("\n\n" + table.text(options.seed, result, stored))
    return 1 if result.failures else 0


def _one(seed: int, number: int, save: Path | None) -> int:
    from bench.fuzz import cases

    case = cases.make(seed, number)
    print(f"{case.kind}: {case.told} ({len(case.request.body):,} bytes)")
    if save:
        save.write_bytes(case.request.body)
    verdict = cases.judge(case)
    print(verdict.outcome, verdict.problem, sep="\n")
    return 1 if verdict.problem else 0


if __name__ == "__main__":
    sys.exit(main())
