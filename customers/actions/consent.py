"""The ledger of what people allow and forbid us, per address and kind of channel.

STOP forbids everything there. Marketing can be forbidden alone, and then only its own word allows it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from customers.actions import reaching
from customers.models import Consent, Identity
from helpdesk.events.log import Actor, record

STATES = {"stop": Consent.State.STOPPED, "start": Consent.State.STARTED}
Scope, Source = Consent.Scope, Consent.Source


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said. ``word`` is "stop" or "start"; ``said_at`` is the customer's own clock, now where unknown."""

    channel_kind: str
    word: str
    source: str = Source.KEYWORD
    scope: str = Scope.ALL
    words: str = ""
    said_to: str = ""
    said_at: datetime | None = None


def note(identity: Identity, wish: Wish, *, by: Actor) -> Consent | None:
    """Write a wish into the ledger. The customer's row is locked by the caller.

    None for a word that changes nothing (HELP), and for one that stands there already.
    """
    state = STATES.get(wish.word)
    now = timezone.now()
    # A clock that runs ahead must not outdo what is said tomorrow.
    said_at = min(wish.said_at or now, now)
    same = {"identity": identity, "channel_kind": wish.channel_kind, "scope": wish.scope, "source": wish.source}
    if state is None or (wish.said_at and Consent.objects.filter(**same, state=state, said_at=said_at).exists()):
        return None
    row = Consent.objects.create(
        **same,
        state=state,
        words=" ".join(wish.words.split())[:300],
        said_to=wish.said_to[:320],
        by_name=by.name[:200],
        said_at=said_at,
    )
    reaching.renew(identity.customer)
    facts = {
        "customer": identity.customer_id,
        "identity": identity.pk,
        "consent": row.pk,
        "state": state,
        "channel_kind": wish.channel_kind,
        "scope": wish.scope,
        "source": wish.source,
    }
    record("consent.changed", f"customer:{identity.customer_id}", by=by, facts=facts)
    return row


def stopped_by(identity: Identity, channel_kind: str, *, for_marketing: bool = False) -> Consent | None:
    """The entry that forbids writing there; None where nothing does.

    Whoever shares the address shares its STOP: the phone that gets our text is the same.
    """
    scopes = [Scope.ALL, Scope.MARKETING] if for_marketing else [Scope.ALL]
    said = Consent.objects.filter(
        identity__kind=identity.kind, identity__address=identity.address, channel_kind=channel_kind
    )
    for scope in scopes:
        newest = said.filter(scope=scope).order_by("-said_at", "-pk").first()
        if newest and newest.state == Consent.State.STOPPED:
            return newest
    return None


def is_stopped(identity: Identity, channel_kind: str) -> bool:
    """Whether nothing may be sent there."""
    return stopped_by(identity, channel_kind) is not None


def why_stopped(identity: Identity, channel_kind: str, *, for_marketing: bool = False) -> str:
    """The sentence that says who forbade it, when and how; empty where nothing does."""
    entry = stopped_by(identity, channel_kind, for_marketing=for_marketing)
    return sentence(entry, identity.customer.name) if entry else ""


def sentence(entry: Consent, name: str) -> str:
    """A STOP in words, as an agent needs them."""
    who = name.split(maxsplit=1)[0] if name.strip() else "The customer"
    on = day(entry.said_at)
    what = "marketing" if entry.scope == Scope.MARKETING else "messages"
    if entry.source == Source.KEYWORD:
        return f"{who} wrote {entry.words or 'STOP'} on {on}: nothing may be sent there until {who} writes START"
    if entry.source == Source.AGENT:
        reason = f": {entry.words}" if entry.words else ""
        return f"{entry.by_name or 'An agent'} noted on {on} that {who} wants no {what} there{reason}"
    if entry.source == Source.PREFERENCES:
        return f"{who} switched off {what} from us on {on}"
    report = f" ({entry.words})" if entry.words else ""
    return f"The provider reported on {on} that {who} wants no {what} there{report}"


def day(moment: datetime) -> str:
    """ "3 Nov", with the year where it is another one."""
    is_this_year = moment.year == timezone.now().year
    return f"{moment.day} {moment:%b}" if is_this_year else f"{moment.day} {moment:%b %Y}"
