"""STOP and START: what somebody forbade or allowed us, in the words used."""

from __future__ import annotations

from customers.models import Consent, Identity
from helpdesk.events.log import Actor, record

STATES = {"stop": Consent.State.STOPPED, "start": Consent.State.STARTED}


def note(identity: Identity, channel_kind: str, word: str, *, words: str, by: Actor) -> Consent | None:
    """Write a STOP or START into the ledger. A HELP changes nothing. The customer's row is locked by the caller."""
    state = STATES.get(word)
    if state is None:
        return None
    row = Consent.objects.create(identity=identity, channel_kind=channel_kind, state=state, words=words[:200])
    customer = identity.customer
    customer.version += 1
    customer.save(update_fields=["version"])
    facts = {"customer": customer.pk, "identity": identity.pk, "state": state, "channel_kind": channel_kind}
    record("consent.changed", f"customer:{customer.pk}", by=by, facts=facts)
    return row


def is_stopped(identity: Identity, channel_kind: str) -> bool:
    """Whether the newest word on this address and kind of channel was STOP."""
    newest = Consent.objects.filter(identity=identity, channel_kind=channel_kind).order_by("-pk").first()
    return newest is not None and newest.state == Consent.State.STOPPED
