"""What a desk has decided for all who work at it."""

from __future__ import annotations

from conversations.actions.transactions import retried
from conversations.models import Channel, Desk
from helpdesk.events import log
from helpdesk.events.log import Actor


@retried
def set_sends_anyway(desk: Desk, sends_anyway: bool, *, by: Actor) -> Desk:
    """Whether scheduled messages leave although the customer has written, unless their agent says otherwise."""
    row = Desk.objects.select_for_update().get(pk=desk.pk)
    if row.sends_anyway == sends_anyway:
        return row
    row.sends_anyway = sends_anyway
    row.save(update_fields=["sends_anyway"])
    # Screens keep this with each channel.
    for channel in Channel.objects.filter(desk=row).order_by("pk"):
        facts = {"channel": channel.pk, "kind": channel.kind}
        log.record("channel.changed", f"channel:{channel.pk}", by=by, facts=facts)
    return row
