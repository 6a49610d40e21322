"""``manage.py simulate continuity``: a story played against a running demo, through its real doors."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from helpdesk.management.demo import kept
from helpdesk.simulation import continuity
from helpdesk.simulation.place import Place

STORIES = {"continuity": continuity.play}


class Command(BaseCommand):
    help = "Play a story against a running demo and say what the API makes of each step. Exits 1 if it does not hold."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("story", choices=sorted(STORIES))
        parser.add_argument("--base-url", default="", help="where the demo is reached (default: where it says it is)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Only what ``demo`` kept in the data directory is read; everything else goes through the doors."""
        facts = kept.read(Path(settings.DATA_DIR))
        if "channels" not in facts:
            self.stderr.write(f"There is no demo in {settings.DATA_DIR}. Start one with: manage.py up --demo")
            sys.exit(1)
        if not STORIES[options["story"]](Place.of(facts, options["base_url"]), self._say):
            sys.exit(1)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
