"""Transactions that try again where PostgreSQL asks for it."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"


def retried(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action in one transaction, again after a deadlock or a serialisation failure.

    Inside somebody else's transaction it runs once: only the outermost can start over.
    """

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return action(*args, **kwargs)
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return action(*args, **kwargs)
            except OperationalError as error:
                if attempt == TRIES or getattr(error.__cause__, "sqlstate", "") not in (
                    SERIALIZATION_FAILURE,
                    DEADLOCK,
                ):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter, no secret
        raise AssertionError("unreachable")

    return run
