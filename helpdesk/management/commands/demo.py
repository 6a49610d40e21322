"""``manage.py demo``: a believable shop to look at, the same each time it is loaded."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction

from helpdesk.embedded import doubles
from helpdesk.embedded.doubles import DoublePorts
from helpdesk.management.demo import (
    doubles_told,
    kept,
    knowledge,
    loading_lock,
    people,
    registry,
    removal,
    shop,
    stories,
    telling,
    trickle,
)
from helpdesk.management.demo.kept import Facts


class Command(BaseCommand):
    help = "Load a shop with people, channels, knowledge and conversations. Run again, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object: log-ins, tokens, channels")
        parser.add_argument("--wait", action="store_true", help="return once the assistant can search what was loaded")
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--trickle", choices=["on", "off"], help="let customers keep writing, or stop them")
        instead.add_argument("--remove", action="store_true", help="remove the demo and nothing of yours")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, keep the facts in the data directory, print them; or set a switch, or remove it."""
        data_dir = Path(settings.DATA_DIR)
        if options["trickle"]:
            # Kept in a file: it counts for the next start as well.
            trickle.turn(data_dir, is_on=options["trickle"] == "on")
            return
        _be_running(data_dir)
        if options["remove"]:
            removed = removal.remove(data_dir)
            self.stdout.write(f"Removed {sum(removed.values())} rows. What you added is as it was.")
        else:
            self._load(data_dir, as_json=options["json"])
            if options["wait"]:
                knowledge.wait_until_searchable()

    def _load(self, data_dir: Path, *, as_json: bool) -> None:
        ports = doubles.ports(data_dir, near=urlsplit(settings.PUBLIC_URL).port or 8000)
        with transaction.atomic():
            loading_lock.hold()
            with registry.noting():
                facts = load(data_dir, ports)
        doubles_told.tell(ports, facts["channels"])
        self.stdout.write(json.dumps(facts) if as_json else readable(facts))


def _be_running(data_dir: Path) -> None:
    """Raise CommandError, which ends in exit code 2, where there is no database to work on."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(
            f"Onethread is not running on {data_dir}. Start it with: manage.py up --demo"
            " (or name where it runs: --data-dir).",
            returncode=2,
        ) from error


def load(data_dir: Path, ports: DoublePorts) -> Facts:
    """Everything the demo consists of. Returns its facts, which are also kept in ``<data>/demo.json``."""
    known = kept.read(data_dir)
    admin, agents = people.load(known)
    channels = shop.load(known, ports)
    facts = {
        "base_url": settings.PUBLIC_URL,
        "admin": admin,
        "agents": agents,
        "channels": channels,
        "doubles": {
            "twilio": ports.twilio_url,
            "graph": ports.graph_url,
            "smtp": ports.smtp_url,
            "smtp_log": ports.smtp_url.replace("smtp://", "http://", 1),
        },
    }
    kept.write(data_dir, facts)
    knowledge.load(people.users()[people.ADMIN.key])
    knowledge.let_it_answer(shop.channel(name) for name in channels)
    telling.load(stories.CAST, stories.stories(), channels)
    return facts


def readable(facts: Facts) -> str:
    """The log-ins and where everything is, for people."""
    lines = [str(facts["base_url"])]
    lines += [f"  {one['email']:28} {one['password']}" for one in [facts["admin"], *facts["agents"]]]
    lines += [
        f"  {kind:14} {channel.get('address') or channel.get('key')}" for kind, channel in facts["channels"].items()
    ]
    return "\n".join(lines)
