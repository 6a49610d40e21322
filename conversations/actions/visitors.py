"""Who is in the chat. A window's sign of life is one row; only coming and going are events."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from conversations.actions.actors import SYSTEM
from conversations.actions.transactions import retried
from conversations.models import VisitorPresence
from customers.actions import locks, reaching
from customers.models import Identity
from helpdesk.events.log import record

# Without a sign of life for so long a visitor has left. Windows give one every 25 seconds; between two pages of a
# site, or over a short loss of the network, nobody leaves.
GONE_AFTER = timedelta(seconds=60)


def note_here(visitor: Identity) -> None:
    """A window of his is open. Cheap while he stays: every socket says so again and again."""
    here = VisitorPresence.objects.filter(visitor=visitor, left_at=None)
    if not here.update(here_at=timezone.now()):
        _come(visitor)


def note_gone(limit: int = 200) -> int:
    """Note who has left since the last look. Returns how many."""
    silent = VisitorPresence.objects.filter(left_at=None, here_at__lt=timezone.now() - GONE_AFTER)
    found = list(silent.order_by("here_at").values_list("visitor", flat=True)[:limit])
    return sum(_leave(visitor) for visitor in found)


@retried
def _come(visitor: Identity) -> None:
    """He is back, or here for the first time, which is no news."""
    visitor.refresh_from_db(fields=["customer"])
    locks.lock_customers(visitor.customer_id)
    row, is_new = VisitorPresence.objects.select_for_update().get_or_create(visitor=visitor)
    if is_new:
        return
    had_left = row.left_at is not None
    row.here_at, row.left_at = timezone.now(), None
    row.save()
    if had_left:
        _tell(visitor, "visitor.returned")


@retried
def _leave(visitor_id: int) -> bool:
    visitor = Identity.objects.select_related("customer").get(pk=visitor_id)
    locks.lock_customers(visitor.customer_id)
    silent = VisitorPresence.objects.select_for_update().filter(visitor=visitor, left_at=None)
    row = silent.filter(here_at__lt=timezone.now() - GONE_AFTER).first()
    if row is None:
        return False
    row.left_at = row.here_at
    row.save()
    _tell(visitor, "visitor.left")
    return True


def _tell(visitor: Identity, event: str) -> None:
    """Screens show where a reply goes, which has changed."""
    reaching.renew(visitor.customer)
    facts = {"customer": visitor.customer_id, "identity": visitor.pk}
    record(event, f"customer:{visitor.customer_id}", by=SYSTEM, facts=facts)
