from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from helpdesk.embedded import places
from helpdesk.embedded.errors import CannotStart


def test_a_short_path_keeps_its_sockets_where_it_is(tmp_path: Path) -> None:
    preferred = tmp_path / "run"

    assert places.socket_directory(preferred, account=None) == preferred
    assert stat.S_IMODE(preferred.stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_falls_back_to_a_short_private_one(tmp_path: Path) -> None:
    preferred = tmp_path / ("deep" * 25)

    short = places.socket_directory(preferred, account=None)

    assert short == places.socket_directory(preferred, account=None)
    assert len(os.fsencode(short / "supervisor.sock.4194304")) <= 107
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    short.rmdir()


def test_a_fallback_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    preferred = tmp_path / ("open" * 25)
    short = places.socket_directory(preferred, account=None)
    short.chmod(0o777)

    with pytest.raises(CannotStart, match="private"):
        places.socket_directory(preferred, account=None)
    short.rmdir()


def test_what_exists_keeps_its_parents_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    places.prepare(tmp_path / "data")

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "run").stat().st_mode) == 0o700
