"""Claims, and the codes that turn a claim into a proof."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.utils import timezone

from customers.actions.locks import lock_addresses
from customers.assurance import Assurance
from customers.models import Challenge, Customer, Identity
from helpdesk.events.log import Actor, record

CODE_LIFETIME = timedelta(minutes=10)
MAX_ATTEMPTS = 5
# Codes cost money and can be used to pester a stranger: few per address, fewer per session.
LIMIT_WINDOW = timedelta(hours=1)
MAX_PER_ADDRESS = 3
MAX_PER_SESSION = 4


class TooManyCodes(Exception):
    """The address or the session has had its share for now."""


def claim(customer: Customer, kind: str, address: str, *, as_seen: str, by: Actor) -> Identity:
    """Note that somebody says an address is theirs. It reveals nothing and joins nothing."""
    identity, is_new = Identity.objects.get_or_create(
        customer=customer,
        kind=kind,
        address=address,
        defaults={"address_as_seen": as_seen[:320], "assurance": Assurance.CLAIMED},
    )
    if is_new:
        _bump(customer)
        facts = {"customer": customer.pk, "identity": identity.pk, "identity_kind": kind}
        record("identity.claimed", f"customer:{customer.pk}", by=by, facts=facts)
    return identity


def vouch(customer: Customer, kind: str, address: str, *, as_seen: str, by: Actor) -> Identity:
    """Note an address that we ourselves give a customer: typed by an agent, imported."""
    identity, is_new = Identity.objects.get_or_create(
        customer=customer,
        kind=kind,
        address=address,
        defaults={"address_as_seen": as_seen[:320], "assurance": Assurance.VOUCHED},
    )
    if not is_new and identity.assurance < Assurance.VOUCHED:
        identity.assurance = Assurance.VOUCHED
        identity.save(update_fields=["assurance"])
    _bump(customer)
    facts = {"customer": customer.pk, "identity": identity.pk, "identity_kind": kind}
    record("identity.vouched", f"customer:{customer.pk}", by=by, facts=facts)
    return identity


def challenge(identity: Identity, *, asked_from: Identity, channel_kind: str, by: Actor) -> tuple[Challenge, str]:
    """A fresh code for a claimed address; earlier codes of that session stop counting.

    Raises TooManyCodes. The code itself is returned once and stored nowhere.
    """
    lock_addresses([(identity.kind, identity.address)])
    since = timezone.now() - LIMIT_WINDOW
    recent = Challenge.objects.filter(created_at__gt=since)
    to_address = recent.filter(identity__kind=identity.kind, identity__address=identity.address).count()
    if to_address >= MAX_PER_ADDRESS or recent.filter(asked_from=asked_from).count() >= MAX_PER_SESSION:
        raise TooManyCodes
    earlier = Challenge.objects.filter(
        asked_from=asked_from, identity=identity, proved_at=None, expires_at__gt=timezone.now()
    )
    expired = [_expire(old) for old in earlier]
    code = f"{secrets.randbelow(1_000_000):06}"
    made = Challenge.objects.create(
        identity=identity,
        asked_from=asked_from,
        channel_kind=channel_kind,
        code_digest="",
        expires_at=timezone.now() + CODE_LIFETIME,
    )
    made.code_digest = _digest(made, code)
    made.save(update_fields=["code_digest"])
    facts = {
        "customer": identity.customer_id,
        "identity": identity.pk,
        "challenge": made.pk,
        "session": asked_from.pk,
        "expired": expired,
    }
    record("challenge.sent", f"customer:{identity.customer_id}", by=by, facts=facts)
    return made, code


def open_challenges(session: Identity) -> list[Challenge]:
    """The challenges that a session may answer now, newest first."""
    rows = Challenge.objects.select_related("identity").filter(
        asked_from=session, proved_at=None, expires_at__gt=timezone.now()
    )
    return list(rows.order_by("-pk"))


def try_code(session: Identity, code: str, *, by: Actor) -> Challenge | None:
    """The challenge that a code answers, now proved; None where the code is wrong or too old.

    The rows are locked, so that guesses are counted one by one; a guess counts against each of them.
    """
    waiting = [one.pk for one in open_challenges(session)]
    rows = Challenge.objects.select_for_update().filter(pk__in=waiting).order_by("-pk")
    for row in [one for one in rows if one.is_open]:
        row.attempt_count += 1
        row.version += 1
        is_right = hmac.compare_digest(row.code_digest, _digest(row, code.strip()))
        if is_right:
            row.proved_at = timezone.now()
        elif row.attempt_count >= MAX_ATTEMPTS:
            row.expires_at = timezone.now()
        row.save(update_fields=["attempt_count", "proved_at", "expires_at", "version"])
        facts = {"challenge": row.pk, "identity": row.identity_id, "session": session.pk}
        event = "challenge.proved" if is_right else "challenge.failed"
        record(event, f"customer:{session.customer_id}", by=by, facts=facts)
        if is_right:
            return row
    return None


def _expire(row: Challenge) -> int:
    row.expires_at = timezone.now()
    row.version += 1
    row.save(update_fields=["expires_at", "version"])
    return row.pk


def _digest(row: Challenge, code: str) -> str:
    """Keyed and bound to the row: six digits alone could be guessed back from a plain hash."""
    return hmac.new(settings.SECRET_KEY.encode(), f"challenge:{row.pk}:{code}".encode(), sha256).hexdigest()


def _bump(customer: Customer) -> None:
    customer.version += 1
    customer.save(update_fields=["version"])
