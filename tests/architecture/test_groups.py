"""Tests that share a running product run on one worker: else each worker starts a product of its own."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("kept together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="only where tests run on several workers")
def test_a_group_is_known_to_those_who_share_the_tests_out(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@kept together")
