"""What people allow and forbid us without writing a message: by a switch of the provider's, or by word of an agent."""

from __future__ import annotations

from conversations.actions import actors
from conversations.actions.transactions import retried
from conversations.models import Channel
from customers.actions import consent, locks, resolving
from customers.actions.consent import Wish
from customers.actions.resolving import Address
from customers.models import Consent, Identity
from helpdesk.accounts import audit
from helpdesk.accounts.models import User


@retried
def note(channel: Channel, sender: Address, wish: Wish) -> Consent | None:
    """A wish that came by ``channel``. Somebody who never wrote is kept with it: a template could reach her."""
    identity = resolving.resolve(sender)
    locks.lock_customers(identity.customer_id)
    return consent.note(identity, wish, by=actors.customer(identity.customer))


@retried
def note_by_hand(identity: Identity, wish: Wish, *, by: User) -> Consent | None:
    """What an agent was told, with the reason in ``wish.words``; it goes into the audit log too."""
    locks.lock_customers(identity.customer_id)
    row = consent.note(identity, wish, by=actors.agent(by))
    if row is not None:
        facts = {"identity": identity.pk, "channel_kind": wish.channel_kind, "state": row.state, "scope": row.scope}
        audit.note("consents.noted", f"customer:{identity.customer_id}", actor=by, facts=facts)
    return row
