"""Asking the tier-1 without a conversation: the API's ``tier1/ask`` and the box on the knowledge page."""

from __future__ import annotations

from typing import Any

from celery.exceptions import TimeoutError as TookTooLong
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_tier1 import turn_run
from ai_tier1.asked_again import asked_before
from ai_tier1.thinking import Inquiry, think
from conversations import channel_kinds
from conversations.models import Desk

ASK_SECONDS = 15


class NobodyAnswers(Exception):
    """The worker with the model did not answer in time."""


def ask_worker(question: dict[str, Any]) -> dict[str, Any]:
    """``ask`` in the one process that holds the model; its answer comes back over Redis. Raises NobodyAnswers."""
    from ai_tier1 import tasks  # the task calls back into this module

    try:
        found: dict[str, Any] = tasks.ask.apply_async((question,), expires=ASK_SECONDS).get(timeout=ASK_SECONDS)
    except (TookTooLong, OSError, OperationalError, RedisError) as error:
        raise NobodyAnswers from error
    return found


def ask(question: dict[str, Any]) -> dict[str, Any]:
    """The decision on a question with its trace. ``question`` as ``ai_tier1.api.Question`` checked it."""
    desk = Desk.objects.filter(is_default=True).first()
    history = tuple(question.get("history", ()))
    thought = think(
        Inquiry(
            question=question["question"],
            channel_kind=channel_kinds.of(question["channel_kind"]),
            language=(question.get("language") or "en")[:2],
            brand=(desk.brand or desk.name) if desk else "",
            earlier=history,
            is_first=not history,
            is_asked_again=asked_before(question["question"], history) is not None,
        )
    )
    return {
        "decision": thought.decision.action,
        "reason": thought.decision.reason,
        "reason_text": thought.decision.sentence,
        "answer": thought.text,
        "confidence": round(thought.confidence, 4),
        "language": thought.language,
        "citations": turn_run.citations(thought),
        "passages": turn_run.passages(thought),
        "milliseconds": thought.milliseconds,
    }
