"""What comes in during a call, written down: its turns, what was said, its end."""

from __future__ import annotations

from dataclasses import replace

from channels_ingest.adapters.incoming import CallTurnRef, CallUpdate, InboundMessage
from channels_ingest.models import CallTurn, InboundEvent
from conversations.actions import calls, receiving
from conversations.actions.receiving import Arrival, Received
from conversations.models import Call, Message
from customers.actions.resolving import Address
from customers.assurance import Assurance

# A call in which nothing was said is recorded, and opens nothing.
SILENT = "silent_call"
SILENT_TEXT = "Called, and hung up without saying anything."


def receive(item: InboundMessage, arrival: Arrival, event: InboundEvent) -> Received:
    """Something the caller said, or a message left after the tone."""
    assert item.call is not None
    call = _call(item.call, item, event)
    is_voicemail = bool(item.attachments)
    received = receiving.receive(replace(arrival, call=call, sender=arrival.sender or _caller(call)))
    if is_voicemail:
        calls.note_voicemail(call)
    # A recording is told apart from the turn in which it was made, too: that one has a place in the script.
    if item.call.at:
        _turn(call, item.call, event, received.message)
    return received


def update(item: CallUpdate, event: InboundEvent) -> None:
    """A turn without words, or the end of a call."""
    call = _call(item.ref, item, event)
    if item.kind == "turn":
        _turn(call, item.ref, event, None)
        return
    if call.conversation_id is None:
        _receive_silence(call)
    calls.end(call, seconds=item.seconds, has_failed=item.kind == "failed")


def end_forgotten() -> None:
    """End the calls whose end nobody told us."""
    for call_id in calls.forgotten():
        call = Call.objects.get(pk=call_id)
        if call.conversation_id is None:
            _receive_silence(call)
        calls.end(call, has_failed=call.state == Call.State.LIVE)


def _call(ref: CallTurnRef, item: InboundMessage | CallUpdate, event: InboundEvent) -> Call:
    sender = item.sender
    return calls.start(
        event.channel,
        ref.call_id,
        address=sender.address if sender else "",
        address_as_seen=sender.address_as_seen if sender else "",
    )


def _caller(call: Call) -> Address | None:
    """Whose number the call showed: a recording is told without it."""
    if not call.address:
        return None
    return Address("phone", call.address, call.address_as_seen, Assurance.PRESENTED)


def _receive_silence(call: Call) -> Received:
    return receiving.receive(
        Arrival(
            channel=call.channel,
            sender=_caller(call),
            text=SILENT_TEXT,
            provider_message_id=f"{call.provider_call_id}:silent",
            call=call,
            not_work=SILENT,
        )
    )


def _turn(call: Call, ref: CallTurnRef, event: InboundEvent, message: Message | None) -> CallTurn:
    known = {"at": ref.at, "heard": ref.heard, "event": event, "message": message}
    turn, _ = CallTurn.objects.get_or_create(call=call, number=ref.number, defaults=known)
    return turn
