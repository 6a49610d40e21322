"""What is said in a call: taken by the call itself, once, or left unsaid when it is over."""

from __future__ import annotations

from django.utils import timezone

from conversations.actions import delivery_rows
from conversations.actions.transactions import retried
from conversations.delivery_progress import Progress
from conversations.models import Call, Delivery, DeliveryState, Message

CALL_ENDED = "The call ended before this was said."


def waiting_in(call: Call) -> list[int]:
    """Deliveries that are to be said in a call, in their order."""
    rows = Delivery.objects.filter(message__call=call, state=DeliveryState.QUEUED, not_before__lte=timezone.now())
    return list(rows.order_by("pk").values_list("pk", flat=True))


@retried
def speak(call: Call) -> list[Message]:
    """Take what is to be said in a call: whoever gets it says it, and nothing is said twice."""
    rows = [delivery_rows.lock(delivery_id) for delivery_id in waiting_in(call)]
    said = [row for row in rows if row is not None and row.state == DeliveryState.QUEUED]
    for row in said:
        delivery_rows.apply(row, Progress(DeliveryState.DELIVERED))
    return [row.message for row in said]


@retried
def leave_unsaid(call: Call) -> int:
    """The call is over: what was not said in it never will be. Returns how much that was."""
    left = Delivery.objects.filter(message__call=call, state=DeliveryState.QUEUED)
    rows = [delivery_rows.lock(delivery_id) for delivery_id in left.order_by("pk").values_list("pk", flat=True)]
    unsaid = [row for row in rows if row is not None and row.state == DeliveryState.QUEUED]
    for row in unsaid:
        delivery_rows.apply(row, Progress(DeliveryState.FAILED, error_code="call_ended", error=CALL_ENDED))
    return len(unsaid)
