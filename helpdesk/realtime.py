"""The only module that touches the channel layer. What it sends is a hint, never the record."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

# Agents' screens follow the whole log; each socket asks for what it may see.
LOG = "log"


def group_of(subject: str) -> str:
    """The group of those who follow one subject: "conversation:45" becomes "conversation.45"."""
    return subject.replace(":", ".")


def announce(seq: int, subjects: Iterable[str]) -> bool:
    """Say that events up to ``seq`` can be read, to agents and to the chat windows they concern.

    False where Redis did not take it.
    """
    groups = [LOG, *(group_of(subject) for subject in sorted(set(subjects)))]
    return _run(_announce, groups, {"type": "log.grew", "seq": seq})


def send(group: str, message: dict[str, Any]) -> None:
    """Hint to a group, from synchronous code."""
    _run(_announce, [group], message)


async def hint(group: str, message: dict[str, Any]) -> None:
    """Hint to a group, from a consumer."""
    try:
        await _announce([group], message)
    except Exception as error:  # noqa: BLE001 - see _run
        logger.warning("No hint to %s: %s", group, error)


async def _announce(groups: list[str], message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    for group in groups:
        await layer.group_send(group, message)


def _run(function: Any, *arguments: Any) -> bool:
    """Redis being away is not an error: whatever the layer raises, the record stands without it."""
    try:
        async_to_sync(function)(*arguments)
    except Exception as error:  # noqa: BLE001 - see above
        logger.warning("No hint: %s", error)
        return False
    return True
