"""Waiting, within bounds, for what a worker finds out: providers and strangers' input are its business alone."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task

logger = logging.getLogger(__name__)


class NoAnswer(Exception):
    """No worker answered in time, or the job failed there."""


def result_of(task: Task[Any, Any], row_id: int, *, seconds: float) -> Any:
    """The task's result. Raises NoAnswer after ``seconds``."""
    try:
        return task.apply_async((row_id,), expires=seconds).get(timeout=seconds)
    except Exception as error:
        logger.warning("No answer from %s(%s): %r", task.name, row_id, error)
        raise NoAnswer from error
