"""Addresses that others name to us: we may have to write there, and know nothing else of them."""

from __future__ import annotations

from customers.actions import resolving
from customers.assurance import Assurance
from customers.models import Customer, Identity
from helpdesk.events.log import SYSTEM, record


def mention(kind: str, address: str, *, as_seen: str = "", name: str = "") -> Identity:
    """The identity to write to at an address that somebody named: its owner's, or a claim in a record of its own.

    It joins nobody and shows nothing. When its owner writes, that record becomes the owner's (resolving.resolve).
    A constraint, not a lock, keeps it to one: the caller may hold rows that come after addresses in the lock order.
    """
    owner = resolving.find_owner(kind, address) or resolving.find_mentioned(kind, address)
    if owner:
        return owner
    identity, is_new = Identity.objects.get_or_create(
        kind=kind,
        address=address,
        is_mentioned=True,
        defaults={
            "customer": lambda: Customer.objects.create(name=name[:200]),
            "address_as_seen": as_seen[:320] or address,
            "assurance": Assurance.CLAIMED,
        },
    )
    if is_new:
        # No screen shows this record before it has a conversation: its facts name no customer.
        facts = {"identity": identity.pk, "identity_kind": kind, "is_mentioned": True}
        record("customer.created", f"customer:{identity.customer_id}", by=SYSTEM, facts=facts)
    return identity
