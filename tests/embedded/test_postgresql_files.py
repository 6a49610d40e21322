from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.embedded import postgresql_files
from helpdesk.embedded.errors import CannotStart
from helpdesk.embedded.postgresql_files import Cluster


def test_a_cluster_of_another_major_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("15\n")

    with pytest.raises(CannotStart, match=r"PostgreSQL 15.*manage\.py backup.*manage\.py restore"):
        postgresql_files.create(Cluster(tmp_path, tmp_path, None))


def test_a_link_to_a_cluster_that_is_gone_is_not_taken_for_a_fresh_start(tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to(tmp_path / "gone")

    with pytest.raises(CannotStart, match="gone"):
        postgresql_files.locate(tmp_path)
