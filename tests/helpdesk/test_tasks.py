"""What every job must keep to."""

from __future__ import annotations

import pytest

from helpdesk.celery import app

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))


@pytest.mark.parametrize("name", OURS)
def test_a_jobs_time_limits_fit_each_other(name: str) -> None:
    """Celery refuses to enqueue one whose soft limit is above its hard one, and that looks like a lost broker."""
    task = app.tasks[name]
    soft = task.soft_time_limit or app.conf.task_soft_time_limit
    hard = task.time_limit or app.conf.task_time_limit
    assert 0 < soft <= hard
