"""An address that an agent enters to write to: nobody proved it, and a colleague stands for it."""

from __future__ import annotations

from customers.actions import resolving
from customers.assurance import Assurance
from customers.models import Identity


def name(kind: str, address: str, *, as_seen: str = "", called: str = "") -> Identity:
    """The identity to write to: its owner's, or a new vouched one. The address is locked by the caller."""
    owner = resolving.find_owner(kind, address) or resolving.find_mentioned(kind, address)
    if owner is not None:
        return owner
    return resolving.make(resolving.Address(kind, address, as_seen[:320], Assurance.VOUCHED, called))
