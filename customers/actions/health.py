"""What came back from an address, so that nothing is sent there blindly a second time.

Counted for everybody who has the address, as with consent: the mailbox is the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import timezone

from customers.actions import consent, reaching
from customers.models import Identity, IdentityHealth
from helpdesk.events.log import SYSTEM, record

State = IdentityHealth.State
# How a sentence may begin, where that is no name.
_BEGINNING = re.compile(r"^(The|This|It|A|Something|Too)\b")
_SEVERITY = {State.DOUBTFUL: 1, State.DEAD: 2, State.COMPLAINED: 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a failure says about the address. ``state`` is one of IdentityHealth.State."""

    channel_kind: str
    state: str
    why: str = ""
    code: str = ""


def note(identity: Identity, finding: Finding) -> IdentityHealth | None:
    """Keep what came back. The customer's row is locked by the caller. None where it is known, or worse is."""
    known = IdentityHealth.objects.filter(identity=identity, channel_kind=finding.channel_kind).first()
    if known and _SEVERITY[State(known.state)] >= _SEVERITY[State(finding.state)]:
        return None
    row = known or IdentityHealth(identity=identity, channel_kind=finding.channel_kind)
    row.state, row.why, row.code = finding.state, finding.why.strip().rstrip(".")[:300], finding.code[:40]
    row.since = timezone.now()
    row.save()
    _tell(identity, finding.channel_kind, row.state, row.code)
    return row


def clear(identity: Identity, channel_kind: str) -> bool:
    """Something arrived there, or came from there. The customer's row is locked by the caller.

    A complaint stays: whoever called a mail spam had received it.
    """
    rows = IdentityHealth.objects.filter(identity=identity, channel_kind=channel_kind)
    if not rows.exclude(state=State.COMPLAINED).delete()[0]:
        return False
    _tell(identity, channel_kind, "", "")
    return True


def of(identity: Identity, channel_kind: str) -> IdentityHealth | None:
    """The worst that is known of an address, whoever has it."""
    found = IdentityHealth.objects.filter(
        identity__kind=identity.kind, identity__address=identity.address, channel_kind=channel_kind
    ).select_related("identity")
    return max(found, key=lambda row: _SEVERITY[State(row.state)], default=None)


def is_dead(identity: Identity, channel_kind: str) -> bool:
    """Whether nothing may be sent there without a person's word."""
    row = of(identity, channel_kind)
    return row is not None and row.state != State.DOUBTFUL


def sentence(row: IdentityHealth) -> str:
    """ "Bounced on 3 Nov: the mailbox does not exist", as an agent reads it."""
    day = consent.day(row.since)
    if row.state == State.COMPLAINED:
        return f"Marked a mail of ours as spam on {day}"
    verb = "Bounced" if row.identity.kind == Identity.Kind.EMAIL else "Failed"
    why = _BEGINNING.sub(lambda found: found[0].lower(), row.why)
    return f"{verb} on {day}: {why}" if why else f"{verb} on {day}"


def _tell(identity: Identity, channel_kind: str, state: str, code: str) -> None:
    reaching.renew(identity.customer)
    facts = {
        "customer": identity.customer_id,
        "identity": identity.pk,
        "identity_kind": identity.kind,
        "channel_kind": channel_kind,
        "state": state,
        "code": code,
    }
    record("identity.health_changed", f"customer:{identity.customer_id}", by=SYSTEM, facts=facts)
