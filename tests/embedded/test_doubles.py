"""Where the doubles listen: chosen once, kept, and added to when a new one joins."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from helpdesk.embedded import doubles


def test_ports_are_chosen_once(tmp_path: Path) -> None:
    first = doubles.ports(tmp_path, near=8310)
    assert len(set(asdict(first).values())) == len(asdict(first))
    assert min(asdict(first).values()) > 8310
    assert doubles.ports(tmp_path, near=9000) == first


def test_an_older_data_directory_gets_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "doubles.json").write_text(json.dumps({"twilio": 18411, "smtp": 18412, "forgotten": 1}))
    found = doubles.ports(tmp_path, near=8310)
    assert (found.twilio, found.smtp) == (18411, 18412)
    assert found.graph not in (18411, 18412)
    assert doubles.ports(tmp_path, near=8310) == found
