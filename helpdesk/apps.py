"""The project itself as an app: system checks, commands, and the Celery app that tasks bind to."""

from __future__ import annotations

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    verbose_name = "Onethread"

    def ready(self) -> None:
        """Register the checks, and make our Celery app the one that ``shared_task`` finds."""
        from helpdesk import celery, checks  # noqa: F401
