"""Takes --data-dir out of the arguments before settings load, since settings depend on it."""

from __future__ import annotations

import os
from collections.abc import Sequence

OPTION = "--data-dir"


def take_data_dir(argv: Sequence[str]) -> tuple[list[str], str | None]:
    """Split ``argv`` into what Django should see and the directory that was named, if any."""
    rest: list[str] = []
    chosen: str | None = None
    arguments = iter(argv)
    for argument in arguments:
        if argument == OPTION:
            chosen = next(arguments, None)
            if chosen is None:
                raise SystemExit(f"{OPTION} needs a directory")
        elif argument.startswith(OPTION + "="):
            chosen = argument.removeprefix(OPTION + "=")
        else:
            rest.append(argument)
    return rest, chosen


def run(argv: Sequence[str]) -> None:
    """Run one management command."""
    rest, data_dir = take_data_dir(argv)
    if data_dir:
        os.environ["HELPDESK_DATA_DIR"] = os.path.abspath(data_dir)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(rest)
