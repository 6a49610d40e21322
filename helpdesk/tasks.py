"""Jobs of the project itself."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings


@shared_task(name="helpdesk.trickle", soft_time_limit=40, time_limit=50)
def trickle() -> None:
    """Let the next of the demo's customers write, if it is time. Only where a demo runs."""
    if settings.IS_DEMO:
        from helpdesk.management.demo import trickle as messages  # a real installation never loads the demo

        messages.drip(settings.DATA_DIR)
