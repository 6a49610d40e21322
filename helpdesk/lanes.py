"""Queues side by side, from which a worker takes in turn: a flood on one channel holds up no other.

A channel has its lane by its number; each kind of work has lanes of its own. Redis hands out of several queues round
robin (kombu's ``queue_order_strategy``).
"""

from __future__ import annotations

import logging
from typing import Any, Final, Literal

from celery import current_app, signals

logger = logging.getLogger(__name__)

Kind = Literal["in", "out", "turns"]
LANE_COUNT: Final = 8
# Which worker takes them, by the queue that it was started for.
LANES_OF: Final[dict[str, tuple[Kind, ...]]] = {"default": ("in", "out"), "ai": ("turns",)}


def lane(kind: Kind, channel_id: int) -> str:
    """The queue of one kind of work for one channel."""
    return f"{kind}-{channel_id % LANE_COUNT}"


def waiting(queue: str) -> int:
    """How many jobs wait in a queue. Raises what the broker raises."""
    with current_app.connection_or_acquire() as connection:
        # Not passive: kombu looks for an existing queue without our prefix (a new one costs Redis nothing).
        return int(connection.default_channel.queue_declare(queue).message_count)


@signals.celeryd_after_setup.connect
def open_lanes(instance: Any, **_: Any) -> None:
    """A worker that takes a queue takes its lanes too, so that its command names one queue."""
    queues = instance.app.amqp.queues
    for base, kinds in LANES_OF.items():
        if base in queues.consume_from:
            for kind in kinds:
                for number in range(LANE_COUNT):
                    queues.select_add(lane(kind, number))
