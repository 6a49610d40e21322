"""What a mail service reports of mails that we sent, as Anymail understood it, in our words."""

from __future__ import annotations

from typing import Any

from channels_ingest.adapters.email import bounce_words
from channels_ingest.adapters.email.charsets import clean_line
from channels_ingest.adapters.incoming import DeliveryUpdate, Ignored, InboundItem

# Our own key travels with each mail under this name (Postmark takes at most 20 characters) and comes back.
DELIVERY_KEY = "onethread_delivery"
_STATES = {
    "sent": "sent",
    "delivered": "delivered",
    "bounced": "failed",
    "rejected": "failed",
    "failed": "failed",
    # Whoever complains or unsubscribes has the mail.
    "complained": "delivered",
    "unsubscribed": "delivered",
}
_UNWANTED = {"complained", "unsubscribed"}
_NOTHING_TO_DO = {
    "queued": "The service has taken the mail.",
    "deferred": "Not delivered yet; the service still tries.",
    "autoresponded": "An absence notice.",
    # A program that fetches pictures is no reader.
    "opened": "A picture of the mail was fetched, which doesn't say that somebody read it.",
    "clicked": "A link of the mail was opened.",
    "subscribed": "The address takes our mails again, by the service's own list.",
    "inbound_failed": "The service could not hand a mail over to us; it shows it in its own log.",
}


def as_item(event: Any, *, event_type: str = "") -> InboundItem:
    """One of Anymail's tracking events. ``event_type`` replaces Anymail's word where that says too much."""
    kind = event_type or str(event.event_type)
    state = _STATES.get(kind)
    if state is None:
        return Ignored(_NOTHING_TO_DO.get(kind, "A report of no kind that we know."))
    is_failure = state == "failed"
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    return DeliveryUpdate(
        provider_message_id=clean_line(str(event.message_id or ""), max_length=500),
        state=state,
        occurred_at=event.timestamp,
        error_code=clean_line(_status(event) or str(event.reject_reason or kind), max_length=40) if is_failure else "",
        error_text=_words(event) if is_failure else "",
        recipient=clean_line(str(event.recipient or ""), max_length=320),
        idempotency_key=clean_line(str(metadata.get(DELIVERY_KEY) or ""), max_length=100),
        is_opt_out=kind in _UNWANTED,
        address_health=_health(event, kind) if is_failure else "",
    )


def _words(event: Any) -> str:
    """By the receiving server's code where it is known, else in the service's words."""
    said = [event.description, event.mta_response]
    words = " ".join(dict.fromkeys(clean_line(str(one), max_length=300) for one in said if one))
    if status := bounce_words.status_in(words):
        return bounce_words.explain(status, words).text
    return words or f"The mail was {event.event_type}."


def _health(event: Any, kind: str) -> str:
    """What a failure says of the address. A service that has given an address up says so without a code."""
    if status := _status(event):
        return bounce_words.explain(status).address_health
    reason = str(event.reject_reason or "")
    if reason == "invalid":
        return bounce_words.DEAD
    return bounce_words.DOUBTFUL if kind == "bounced" and reason in ("bounced", "timed_out") else ""


def _status(event: Any) -> str:
    """The receiving server's enhanced status code, if the service passed it on."""
    return bounce_words.status_in(f"{event.description or ''} {event.mta_response or ''}")
