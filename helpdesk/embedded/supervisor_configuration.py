"""Supervisor's configuration file, written anew at every start."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from configparser import RawConfigParser
from pathlib import Path

from helpdesk.embedded.errors import CannotStart
from helpdesk.embedded.places import Places
from helpdesk.embedded.programs import PRODUCT, STOP_SECONDS, STORES, Program

# The higher stops first.
STOP_ORDER = {STORES: 1, PRODUCT: 2}
LOG_BYTES, LOG_BACKUPS = "10MB", "3"
BASE_DIR = Path(__file__).resolve().parents[2]


def write(places: Places, programs: Sequence[Program]) -> Path:
    """Write ``<data>/run/supervisor.conf`` for these programs and return its path."""
    parser = RawConfigParser()
    parser.read_dict(_supervisor_sections(places))
    for program in programs:
        parser[f"program:{program.name}"] = _program_section(program, places)
    for group, priority in STOP_ORDER.items():
        names = [program.name for program in programs if program.group == group]
        if names:
            parser[f"group:{group}"] = {"programs": ",".join(names), "priority": str(priority)}
    path = places.run / "supervisor.conf"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        parser.write(file)
    return path


def _supervisor_sections(places: Places) -> dict[str, dict[str, str]]:
    return {
        "unix_http_server": {"file": _escaped(places.supervisor_socket), "chmod": "0700"},
        "supervisord": {
            "logfile": _escaped(places.log / "supervisor.log"),
            "logfile_maxbytes": LOG_BYTES,
            "logfile_backups": LOG_BACKUPS,
            "pidfile": _escaped(places.run / "supervisor.pid"),
            "childlogdir": _escaped(places.log),
            "umask": "077",
            "silent": "true",
        },
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }


def _program_section(program: Program, places: Places) -> dict[str, str]:
    section = {
        "command": _escaped(shlex.join(program.command)),
        "directory": _escaped(BASE_DIR),
        "autostart": str(program.group == STORES).lower(),
        "autorestart": "true",
        "startsecs": "1",
        # Never give up: what keeps a child down (a full disk, a database away) can end.
        "startretries": "1000000",
        "stopsignal": program.stop_signal,
        "stopwaitsecs": str(STOP_SECONDS[program.group]),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": _escaped(places.log / f"{program.name}.log"),
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_BACKUPS,
    }
    if program.user:
        section["user"] = program.user
    if program.environment:
        section["environment"] = ",".join(f'{name}="{value}"' for name, value in program.environment.items())
    return section


def _escaped(value: str | Path) -> str:
    """Supervisor expands ``%`` and takes `` ;`` and `` #`` for comments."""
    text = str(value)
    if any(mark in text for mark in (" ;", " #", "\n")):
        raise CannotStart(f"Supervisor can't work with this path, choose another data directory: {text}")
    return text.replace("%", "%%")
