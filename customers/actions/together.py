"""A number and the account that writes from it, shown by one message: whose they are.

Accounts (WhatsApp's business-scoped ids) are never handed on, numbers are. So the account decides who
wrote, and a number follows it. See docs/decisions/0006-a-number-and-an-account.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from customers.actions import resolving
from customers.actions.locks import lock_addresses, lock_customers
from customers.actions.resolving import Address
from customers.assurance import Assurance
from customers.models import Customer, Identity
from helpdesk.events.log import SYSTEM, record
from helpdesk.events.models import Event

KEPT_APART = "identity.kept_apart"


@dataclass(frozen=True, slots=True)
class Found:
    """The address the message counts as written from, and a second record of the same person to be joined."""

    identity: Identity
    twin: Customer | None = None


@dataclass(frozen=True, slots=True)
class _Owned:
    """An address somebody has already; its customer's row is locked."""

    identity: Identity
    customer: Customer


def resolve(number: Address, account: Address) -> Found:
    """Whose a number and an account are that came together; what is new is made.

    Runs in the caller's transaction and holds both addresses and all customers concerned until it
    ends. Both belong to one customer afterwards, unless the number's customer has another account
    already: then the number was probably handed on, and the account alone says who wrote.
    """
    lock_addresses([(number.kind, number.address), (account.kind, account.address)])
    with_number, with_account = _owners(number, account)
    if with_number and _is_somebody_elses(with_number.identity, account):
        return Found(_apart(with_number, with_account, account))
    if with_number and with_account:
        same = with_number.customer.pk == with_account.customer.pk
        customer = with_number.customer if same else with_account.customer
        resolving.seen_again(with_account.identity, customer, account)
        identity = resolving.seen_again(with_number.identity, with_number.customer, number)
        return Found(identity, None if same else with_account.customer)
    if with_account:
        resolving.seen_again(with_account.identity, with_account.customer, account)
        return Found(_attach(number, with_account.customer))
    identity = (
        resolving.seen_again(with_number.identity, with_number.customer, number)
        if with_number
        else resolving.make(number)
    )
    _attach(account, identity.customer)
    return Found(identity)


def _owners(*addresses: Address) -> list[_Owned | None]:
    """Who has each address, with the customers' rows locked, in one go and so in order."""
    while True:
        before = [resolving.find_owner(one.kind, one.address) for one in addresses]
        rows = lock_customers(*{one.customer_id for one in before if one})
        # Waiting for the locks may have meant waiting for a merge, which moves addresses.
        after = [resolving.find_owner(one.kind, one.address) for one in addresses]
        if all(
            one is None or (one.customer_id in rows and rows[one.customer_id].pk == one.customer_id) for one in after
        ):
            return [_Owned(one, rows[one.customer_id]) if one else None for one in after]


def _is_somebody_elses(number: Identity, account: Address) -> bool:
    """Whether a number's customer can't be the account's: it has another account, or several people use the number."""
    accounts = Identity.objects.filter(
        customer=number.customer_id, kind=account.kind, assurance__gte=Assurance.PRESENTED
    ).values_list("address", flat=True)
    return account.address not in accounts and (number.is_shared or bool(accounts))


def _apart(holder: _Owned, known: _Owned | None, account: Address) -> Identity:
    """The account by itself. Said once in the log, not with each message."""
    identity = resolving.seen_again(known.identity, known.customer, account) if known else resolving.make(account)
    subject = f"customer:{identity.customer_id}"
    if not Event.objects.filter(type=KEPT_APART, subject=subject).exists():
        why = "shared" if holder.identity.is_shared else "other_account"
        facts = {
            "customer": identity.customer_id,
            "identity": identity.pk,
            "identity_kind": identity.kind,
            "holder": holder.customer.pk,
            "why": why,
        }
        record(KEPT_APART, subject, by=SYSTEM, facts=facts)
    return identity


def _attach(address: Address, customer: Customer) -> Identity:
    """Give a customer, whose row is locked, an address that proved itself. A mere claim on it becomes a fact."""
    identity, is_new = Identity.objects.get_or_create(
        customer=customer,
        kind=address.kind,
        address=address.address,
        defaults={"address_as_seen": address.as_seen or address.address, "assurance": address.assurance},
    )
    if not is_new:
        resolving.seen_again(identity, customer, address)
        return identity
    customer.version += 1
    customer.save(update_fields=["version"])
    facts = {"customer": customer.pk, "identity": identity.pk, "identity_kind": identity.kind}
    record("customer.updated", f"customer:{customer.pk}", by=SYSTEM, facts=facts)
    return identity
