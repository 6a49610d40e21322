"""The order of delivery states. Providers' callbacks come late, twice and shuffled: a state only moves up."""

from __future__ import annotations

from typing import Final

from conversations.models.messages import DeliveryState as State

RANK: Final = {
    State.QUEUED: 0,
    State.HELD: 0,
    State.SENDING: 1,
    State.UNKNOWN: 2,
    State.SENT: 3,
    State.FAILED: 4,
    State.CANCELLED: 4,
    State.DELIVERED: 5,
    State.READ: 6,
}


def moves(current: str, to: str) -> bool:
    """Whether ``to`` is news after ``current``.

    A failure is final unless the provider later says that it was delivered or read after all
    (protocols.md, Twilio status callbacks); nothing ever moves down.
    """
    return RANK[State(to)] > RANK[State(current)]
