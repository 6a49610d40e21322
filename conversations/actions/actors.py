"""Who acts, as the event log keeps it."""

from __future__ import annotations

from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.events.log import SYSTEM, Actor
from helpdesk.events.models import Event

AI = Actor(Event.ActorKind.AI, name="Assistant")

__all__ = ["AI", "SYSTEM", "Actor", "agent", "customer"]


def agent(user: User) -> Actor:
    """A person who works here."""
    return Actor(Event.ActorKind.AGENT, user.pk, user.name)


def customer(person: Customer) -> Actor:
    """A customer; the name stays out of the log, which outlives an erasure."""
    return Actor(Event.ActorKind.CUSTOMER, person.pk)
