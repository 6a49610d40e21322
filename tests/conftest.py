"""Fixtures that tests of every app use. Needs no Django: pure tests run without a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stack import RunningStack, data_directory


@pytest.fixture(scope="session")
def demo_stack() -> Iterator[RunningStack]:
    """One ``up --demo`` for all tests that use the product from outside.

    Its tests are marked ``xdist_group("stack")`` and bring customers of their own: nothing is flushed.
    """
    with data_directory() as directory:
        stack = RunningStack(directory, "--demo")
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
