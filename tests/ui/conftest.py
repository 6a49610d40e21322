"""The browser at the demo's inbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stack import RunningStack
from tests.ui.desk import Desk, at_desk


@pytest.fixture(scope="module")
def desk(demo_stack: RunningStack) -> Iterator[Desk]:
    """A browser for the tests of one module."""
    with at_desk(demo_stack) as desk:
        yield desk


@pytest.fixture(autouse=True)
def closed_windows(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves its windows open to the next one."""
    yield
    if "desk" in request.fixturenames:
        request.getfixturevalue("desk").close_windows()
