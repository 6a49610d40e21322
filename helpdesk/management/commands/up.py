"""``manage.py up``: a whole Onethread on this machine, until it is told to stop."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from helpdesk import environment
from helpdesk.embedded.errors import CannotStart, Refused, StopRequested
from helpdesk.embedded.stack import Stack, Wish, running

WEB_PROCESSES = 2


class Command(BaseCommand):
    help = "Run PostgreSQL and Redis (unless given), the web, the workers and beat, until stopped."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=environment.integer("PORT", 8000), help="default 8000")
        parser.add_argument("--demo", action="store_true", help="load a shop to look at, with doubles of the providers")
        parser.add_argument(
            "--workers", type=int, default=WEB_PROCESSES, help=f"web processes (default {WEB_PROCESSES})"
        )
        parser.epilog = "--data-dir DIRECTORY says where everything is kept (default .data)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, say so, stay. Exits 2 where the place is taken, 1 where something else is wrong."""
        wish = Wish(
            data_dir=Path(settings.DATA_DIR),
            host=options["host"],
            port=options["port"],
            web_processes=max(1, options["workers"]),
            is_demo=options["demo"],
        )
        try:
            with running(wish, self._say) as stack:
                self._run(stack)
        except StopRequested:
            return
        except CannotStart as problem:
            self._complain(str(problem))
            sys.exit(2 if isinstance(problem, Refused) else 1)

    def _run(self, stack: Stack) -> None:
        self._say(f"Starting Onethread in {stack.wish.data_dir} ...")
        if stack.cluster and stack.cluster.remark:
            self._say(stack.cluster.remark)
        stack.start(self._complain)
        if stack.wish.is_demo:
            self._say(logins(stack.demo()))
        self._say(f"Onethread is ready on {stack.facts.base_url}")
        stack.watch(self._complain)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _complain(self, text: str) -> None:
        self.stderr.write(text)
        self.stderr.flush()


def logins(demo: str) -> str:
    """The demo's log-ins, one person a line."""
    facts = json.loads(demo)
    people = [("Admin", facts["admin"]), *(("Agent", agent) for agent in facts["agents"])]
    lines = [f"  {title:6} {person['email']:32} {person['password']}" for title, person in people]
    base = facts["base_url"]
    return "\n".join(
        [
            f"A customer's phone and laptop, and the inbox beside them: {base}/demo/",
            f"The inbox alone: {base}/inbox/. Log in with",
            *lines,
        ]
    )
