"""What the tests of the doubles share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doubles.background import Running, running

ACCOUNT, TOKEN = "AC" + "1" * 32, "token"


@pytest.fixture
def doubles() -> Iterator[Running]:
    """All doubles on free ports, with one account."""
    with running({ACCOUNT: TOKEN}) as far_side:
        yield far_side
