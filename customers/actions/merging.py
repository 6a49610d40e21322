"""Joining two records of one person. Everything moved is written down, so that it can be put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from customers.assurance import Assurance
from customers.models import Challenge, Consent, Customer, Identity, IdentityHealth, Merge
from helpdesk.events.log import Actor, record


def merge(
    merged: Customer, *, into: Customer, reason: str, evidence: Mapping[str, Any], moved: dict[str, Any], by: Actor
) -> Merge:
    """Move one customer's addresses to another. Both rows must be locked by the caller.

    ``moved`` tells what the layers above moved in the same transaction.
    """
    identities = list(Identity.objects.select_for_update().filter(customer=merged).order_by("pk"))
    kept_keys = {(one.kind, one.address): one for one in Identity.objects.filter(customer=into)}
    went, folded = [], []
    for identity in identities:
        twin = kept_keys.get((identity.kind, identity.address))
        if twin:
            _fold(identity, twin)
            folded.append({"from": identity.pk, "into": twin.pk})
        else:
            identity.customer = into
            identity.save(update_fields=["customer"])
            went.append(identity.pk)
    name_before = into.name
    into.name = into.name or merged.name
    into.language = into.language or merged.language
    into.version += 1
    into.save(update_fields=["name", "language", "version"])
    merged.merged_into = into
    merged.version += 1
    merged.save(update_fields=["merged_into", "version"])
    row = Merge.objects.create(
        kept=into,
        merged=merged,
        reason=reason,
        evidence=dict(evidence),
        moved={**moved, "identities": went, "folded": folded, "name_before": name_before},
        actor_kind=by.kind,
        actor_id=by.id,
    )
    facts = {"customer": into.pk, "merged": merged.pk, "merge": row.pk, "reason": reason}
    record("customer.merged", f"customer:{into.pk}", by=by, facts=facts)
    return row


def confirm(identity: Identity, *, by: Actor, is_shared: bool = False) -> Identity:
    """Raise an address to "confirmed": what was sent to it came back. One that others share stays shared."""
    if identity.assurance < Assurance.CONFIRMED:
        identity.assurance = Assurance.CONFIRMED
    identity.is_shared = identity.is_shared or is_shared
    identity.last_seen_at = timezone.now()
    identity.save(update_fields=["assurance", "is_shared", "last_seen_at"])
    customer = identity.customer
    customer.version += 1
    customer.save(update_fields=["version"])
    facts = {"customer": customer.pk, "identity": identity.pk, "assurance": "confirmed"}
    record("identity.confirmed", f"customer:{customer.pk}", by=by, facts=facts)
    return identity


def _fold(weaker: Identity, twin: Identity) -> None:
    """The same address in both records: what hangs on one row goes to the other, the row stays behind.

    The row that stays with the merged customer becomes a mere claim, since an address at
    "presented" or above has one owner.
    """
    level, weaker.assurance = weaker.assurance, Assurance.CLAIMED
    weaker.save(update_fields=["assurance"])
    if level > twin.assurance:
        twin.assurance = level
        twin.save(update_fields=["assurance"])
    Challenge.objects.filter(identity=weaker).update(identity=twin)
    Consent.objects.filter(identity=weaker).update(identity=twin)
    known = twin.health.values("channel_kind")
    IdentityHealth.objects.filter(identity=weaker).exclude(channel_kind__in=known).update(identity=twin)
