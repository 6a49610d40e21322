"""From an address that wrote to us to the one customer it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from customers.actions.locks import lock_addresses, lock_customers
from customers.assurance import Assurance
from customers.models import Customer, Identity
from helpdesk.events.log import SYSTEM, record


@dataclass(frozen=True, slots=True)
class Address:
    """An address, and how surely whoever used it just now owns it."""

    kind: str
    address: str
    as_seen: str = ""
    assurance: Assurance = Assurance.PRESENTED
    name: str = ""
    language: str = ""


def resolve(address: Address) -> Identity:
    """The identity of an address that wrote to us, with its customer; both are made where new.

    Runs in the caller's transaction and holds the address and the customer until it ends. An address
    that was only claimed joins nobody: it gets a record of its own each time.
    """
    lock_addresses([(address.kind, address.address)])
    if address.assurance <= Assurance.CLAIMED:
        return make(address)
    while owner := _known(address):
        customer = lock_customers(owner.customer_id)[owner.customer_id]
        # Waiting for the lock may have meant waiting for a merge, which moves addresses.
        owner = _known(address)
        if owner and owner.customer_id == customer.pk:
            return seen_again(owner, customer, address)
    return make(address)


def find_owner(kind: str, address: str) -> Identity | None:
    """Whom an address belongs to: proved before, or vouched for by us in exactly one record."""
    known = Identity.objects.select_related("customer").filter(kind=kind, address=address)
    proved = known.filter(assurance__gte=Assurance.PRESENTED).order_by("is_shared", "pk").first()
    if proved:
        return proved
    vouched = list(known.filter(assurance=Assurance.VOUCHED)[:2])
    return vouched[0] if len(vouched) == 1 else None


def find_mentioned(kind: str, address: str) -> Identity | None:
    """The record of an address that we wrote to because somebody named it, and that has not written yet."""
    return Identity.objects.select_related("customer").filter(kind=kind, address=address, is_mentioned=True).first()


def _known(address: Address) -> Identity | None:
    """What we sent to an address that others named reached its owner: the record is the owner's."""
    return find_owner(address.kind, address.address) or find_mentioned(address.kind, address.address)


def anonymous(name: str = "") -> Customer:
    """A record for somebody who shows no address at all; never shared with anybody else."""
    customer = Customer.objects.create(name=name[:200])
    record("customer.created", f"customer:{customer.pk}", by=SYSTEM, facts={"customer": customer.pk})
    return customer


def make(address: Address) -> Identity:
    """A new customer with this address. The address is locked by the caller."""
    customer = Customer.objects.create(name=address.name[:200], language=address.language[:10])
    identity = Identity.objects.create(
        customer=customer,
        kind=address.kind,
        address=address.address,
        address_as_seen=address.as_seen or address.address,
        assurance=address.assurance,
    )
    facts = {"customer": customer.pk, "identity": identity.pk, "identity_kind": identity.kind}
    record("customer.created", f"customer:{customer.pk}", by=SYSTEM, facts=facts)
    return identity


def seen_again(identity: Identity, customer: Customer, address: Address) -> Identity:
    """Keep the best level ever proved; a name only fills an empty place. The customer's row is locked."""
    identity.customer = customer
    is_better = address.assurance > identity.assurance
    identity.assurance = max(identity.assurance, address.assurance)
    identity.is_mentioned = False
    identity.last_seen_at = timezone.now()
    identity.save(update_fields=["assurance", "is_mentioned", "last_seen_at"])
    gets_name = bool(address.name) and not customer.name
    if is_better or gets_name:
        customer.name = address.name[:200] if gets_name else customer.name
        customer.version += 1
        customer.save(update_fields=["name", "version"])
        facts = {"customer": customer.pk, "identity": identity.pk}
        record("customer.updated", f"customer:{customer.pk}", by=SYSTEM, facts=facts)
    return identity
