from __future__ import annotations

import os
from pathlib import Path

from helpdesk.embedded.account import Account, can_reach

STRANGER = Account("stranger", os.getuid() + 4321, os.getgid() + 4321)


def test_an_account_cannot_reach_below_a_private_directory(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    assert not can_reach(private / "data", STRANGER)


def test_passing_through_is_enough_to_reach(tmp_path: Path) -> None:
    passage = tmp_path / "passage"
    passage.mkdir()
    passage.chmod(0o711)
    for parent in passage.parents:
        if parent == Path(parent.anchor) or parent.stat().st_uid != os.getuid():
            break
        parent.chmod(parent.stat().st_mode | 0o011)

    assert can_reach(passage / "data", STRANGER)


def test_nobody_has_to_be_reached_when_we_are_no_root(tmp_path: Path) -> None:
    assert can_reach(tmp_path, None)
