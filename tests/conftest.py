"""Fixtures that tests of every app use. Needs no Django: pure tests run without a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stack import RunningStack


@pytest.fixture(scope="session")
def demo_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One ``up --demo`` for all tests that use the product from outside.

    Its tests are marked ``xdist_group("stack")`` and bring customers of their own: nothing is flushed.
    """
    stack = RunningStack(tmp_path_factory.mktemp("demo") / "data", "--demo")
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
