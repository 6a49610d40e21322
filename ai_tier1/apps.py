"""The tier-1: one brain above the channels, answering from one knowledge base."""

from __future__ import annotations

from django.apps import AppConfig


class AiTier1Config(AppConfig):
    """Loads no model: importing the web process must leave torch alone."""

    name = "ai_tier1"
    label = "ai_tier1"
    verbose_name = "AI tier-1"

    def ready(self) -> None:
        """Follow the log: what customers write is told there."""
        from ai_tier1 import repeats, turn_queue
        from helpdesk.events.followers import follow

        follow("tier1", ["message.created"], turn_queue.on_message)
        follow("repeats", ["message.created"], repeats.on_message)
