"""The Celery application: ``celery -A helpdesk worker|beat``."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

from helpdesk import liveness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="helpdesk.heartbeat")
def heartbeat() -> None:
    """Run by the worker: it takes work from its queue."""
    liveness.note("worker")


@app.task(name="helpdesk.heartbeat_ai")
def heartbeat_ai() -> None:
    """Run by the ai worker: it takes work, and its model works. The first one loads the model."""
    from ai_tier1 import embeddings

    liveness.note("ai")
    if not embeddings.is_loaded():
        embeddings.embed(["ready"])
    liveness.note("model")


@signals.beat_init.connect
def beat_at_once(**_: Any) -> None:
    """Don't leave a fresh start "degraded" for the length of the first interval."""
    heartbeat.apply_async(expires=10)
    heartbeat_ai.apply_async(expires=10, queue="ai")


@signals.beat_init.connect
def listen_to_mailboxes(**_: Any) -> None:
    """Hear of new mail at once, beside the polls."""
    from channels_ingest.mailboxes import listening

    listening.start()


@signals.after_task_publish.connect(sender="helpdesk.heartbeat")
def beat_lives(**_: Any) -> None:
    """Runs in beat, the only sender of heartbeats, once Redis has taken one."""
    liveness.note("beat")
