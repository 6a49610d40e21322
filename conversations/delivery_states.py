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


def rank(state: str, *, may_come_back: bool = False) -> float:
    """The place of a state in the order. What ``may_come_back`` has failed even after it was delivered."""
    is_return = may_come_back and state == State.FAILED
    return RANK[State.DELIVERED] + 0.5 if is_return else RANK[State(state)]


def moves(current: str, to: str, *, may_come_back: bool = False) -> bool:
    """Whether ``to`` is news after ``current``.

    A failure is final unless the provider later says that it was delivered or read after all
    (protocols.md, Twilio status callbacks); nothing ever moves down. Mail is the other way round: "delivered" means
    that the first server took it, and what comes back later came back.
    """
    return rank(to, may_come_back=may_come_back) > rank(current, may_come_back=may_come_back)
