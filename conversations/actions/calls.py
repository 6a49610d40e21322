"""What becomes of a telephone call: it begins, goes to people, and ends with an outcome."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from conversations.actions import speaking, threads
from conversations.actions.actors import SYSTEM
from conversations.actions.transactions import retried
from conversations.models import Call, Channel, Conversation, Message
from customers.actions import locks, reaching
from customers.models import Customer, Identity
from helpdesk.events.log import Actor

# After our goodbye the provider says within moments that the call is over.
CLOSING_LASTS = timedelta(seconds=30)
# Longer than the longest message a caller may leave: whoever is silent that long is gone.
SILENCE_LASTS = timedelta(minutes=10)


def start(channel: Channel, provider_call_id: str, *, address: str = "", address_as_seen: str = "") -> Call:
    """The call of this id, made when it is first heard of."""
    known = {"address": address[:320], "address_as_seen": address_as_seen[:320]}
    call, _ = Call.objects.get_or_create(channel=channel, provider_call_id=provider_call_id, defaults=known)
    Call.objects.filter(pk=call.pk).update(heard_at=timezone.now())
    return call


def join(call: Call, conversation: Conversation, identity: Identity | None, by: Actor) -> None:
    """Note where a call belongs, with the first thing said in it. Part of receiving; the conversation is locked."""
    row = locked(call)
    if row.conversation_id is not None:
        return
    row.conversation, row.identity = conversation, identity
    row.save(update_fields=["conversation", "identity"])
    if identity is not None:
        reaching.renew(identity.customer)
    facts = {"call": row.pk, "channel": row.channel_id, "is_withheld": identity is None}
    threads.note(conversation, "call.started", by=by, facts=facts)


def locked(call: Call) -> Call:
    """The row, locked. Its conversation is locked before it."""
    return Call.objects.select_for_update(of=("self",)).select_related("identity", "conversation").get(pk=call.pk)


def hold(call: Call) -> None:
    """Lock all that a turn of a call may change, in the order of all locks."""
    _lock_customer(call)
    _lock(call)


@retried
def want_call_back(call: Call) -> None:
    """The caller asks to be called: people see it, before what else waits."""
    conversation, row = _lock(call)
    if conversation is None or row.wants_call_back:
        return
    row.wants_call_back = True
    row.save(update_fields=["wants_call_back"])
    if conversation.priority in (Conversation.Priority.LOW, Conversation.Priority.NORMAL):
        conversation.priority = Conversation.Priority.HIGH
    threads.now_if_waiting(conversation)
    threads.save(conversation)
    threads.note(conversation, "call.back_wanted", by=SYSTEM, facts={"call": row.pk})


@retried
def give_to_person(call: Call, *, reason: str, reason_text: str) -> None:
    """Hand the call's conversation to people, without the tier-1: it is away, off, or did not understand."""
    from conversations.actions import tier1  # it replies, and replying asks here

    conversation, row = _lock(call)
    if conversation is None or conversation.is_held_by_person:
        return
    said = Message.objects.filter(call=row, direction=Message.Direction.INBOUND, not_work="").order_by("pk")
    wish = " ".join(text for text in said.values_list("text", flat=True) if text)[:400]
    next_step = "Listen to what was said in the call, then call or write."
    brief = tier1.Brief(reason, reason_text, wish=wish, next_step=next_step, language=row.channel.language)
    tier1.hand_off(conversation, brief, to=None, by=SYSTEM)


def leave_unsaid(call: Call) -> int:
    """What was not said in a call that is over fails, with the reason in words."""
    return speaking.leave_unsaid(call)


@retried
def close(call: Call) -> None:
    """Our last words are said; nothing more can be."""
    customer = _lock_customer(call)
    conversation, row = _lock(call)
    if row.state != Call.State.LIVE:
        return
    row.state = Call.State.CLOSING
    row.save(update_fields=["state"])
    if customer is not None:
        reaching.renew(customer)
    if conversation is not None:
        threads.note(conversation, "call.closing", by=SYSTEM, facts={"call": row.pk})
        leave_unsaid(row)


@retried
def end(call: Call, *, seconds: int | None = None, has_failed: bool = False) -> Call:
    """The call is over. A second word on it changes nothing but a length not known before."""
    customer = _lock_customer(call)
    conversation, row = _lock(call)
    if row.state == Call.State.ENDED:
        return row
    if customer is not None:
        reaching.renew(customer)
    now = timezone.now()
    row.state, row.ended_at = Call.State.ENDED, now
    row.seconds = max(0, round((now - row.started_at).total_seconds())) if seconds is None else seconds
    unsaid = leave_unsaid(row)
    row.outcome = _outcome(row, conversation, has_failed)
    row.save()
    if conversation is None:
        return row
    if unsaid and not conversation.is_held_by_person:
        give_to_person(row, reason="call_ended", reason_text="The caller hung up before the answer was said.")
    facts = {"call": row.pk, "outcome": row.outcome, "seconds": row.seconds}
    threads.note(conversation, "call.ended", by=SYSTEM, facts=facts)
    return row


@retried
def note_voicemail(call: Call) -> None:
    """A recording may arrive when the call is over already."""
    conversation, row = _lock(call)
    later = (Call.Outcome.HANDED_OFF, Call.Outcome.ABANDONED, Call.Outcome.ANSWERED)
    if conversation is None or row.state != Call.State.ENDED or row.outcome not in later:
        return
    facts = {"call": row.pk, "from": row.outcome, "to": Call.Outcome.VOICEMAIL.value}
    row.outcome = Call.Outcome.VOICEMAIL
    row.save(update_fields=["outcome"])
    threads.note(conversation, "call.outcome_changed", by=SYSTEM, facts=facts)


def forgotten(limit: int = 50) -> list[int]:
    """Calls whose end nobody told us."""
    now = timezone.now()
    closing = Call.objects.filter(state=Call.State.CLOSING, heard_at__lt=now - CLOSING_LASTS)
    silent = Call.objects.filter(state=Call.State.LIVE, heard_at__lt=now - SILENCE_LASTS)
    return [*closing.values_list("pk", flat=True)[:limit], *silent.values_list("pk", flat=True)[:limit]]


def _outcome(call: Call, conversation: Conversation | None, has_failed: bool) -> str:
    """What came of it, the strongest first."""
    said = Message.objects.filter(call=call)
    answered = said.filter(author_kind__in=["ai", "agent"], delivery_state="delivered")
    if call.wants_call_back:
        return Call.Outcome.CALL_BACK
    if said.exclude(attachments=None).exists():
        return Call.Outcome.VOICEMAIL
    if has_failed:
        return Call.Outcome.FAILED
    # With people it may be since an earlier call: who says nothing in this one is not handed to anybody.
    has_spoken = said.filter(direction=Message.Direction.INBOUND, not_work="").exists()
    if has_spoken and conversation is not None and conversation.is_held_by_person:
        return Call.Outcome.HANDED_OFF
    return Call.Outcome.ANSWERED if answered.exists() else Call.Outcome.ABANDONED


def _lock_customer(call: Call) -> Customer | None:
    """The caller's record, before the conversation: whether she can be spoken to is about to change."""
    customer_id = Call.objects.values_list("identity__customer_id", flat=True).get(pk=call.pk)
    return locks.lock_customers(customer_id)[customer_id] if customer_id else None


def _lock(call: Call) -> tuple[Conversation | None, Call]:
    """The conversation first, as everywhere, then the call."""
    conversation_id = Call.objects.values_list("conversation_id", flat=True).get(pk=call.pk)
    conversation = threads.lock(conversation_id) if conversation_id else None
    return conversation, locked(call)
