"""Which addresses a chat session has proved: all that may be shown in it, and all that may be told of it."""

from __future__ import annotations

from customers.assurance import Assurance
from customers.models import Identity


def mails_of(session: Identity) -> list[Identity]:
    """The mail addresses that are surely the visitor's own, the one proved last first.

    Only a code that was sent there and came back *in this session* binds the two. That both belong to one customer is
    not enough: records join over numbers that are handed on and browsers that are shared. An address that others read
    too is nobody's own. See docs/decisions/0014-answered-elsewhere.md.
    """
    proved = sorted(
        (one for one in session.asked_challenges.all() if one.proved_at is not None),
        key=lambda one: (one.proved_at, one.pk),
        reverse=True,
    )
    found = {one.identity_id: one.identity for one in proved if _is_own(one.identity, session)}
    return list(found.values())


def _is_own(identity: Identity, session: Identity) -> bool:
    is_proved = identity.assurance >= Assurance.CHANNEL
    is_his = identity.customer_id == session.customer_id and not identity.is_shared
    return identity.kind == Identity.Kind.EMAIL and is_proved and is_his
