"""Taking in what a customer sent: one transaction from address to event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations import not_work, thread_facts, threading
from conversations.actions import actors, calls, files, keywords, people, readers, scheduling, threads, visitors
from conversations.actions.files import ArrivedFile
from conversations.actions.transactions import retried
from conversations.models import Call, Channel, Conversation, Message
from conversations.recipients import Recipient
from conversations.thread_facts import Reference
from conversations.threading import Decision, Outcome
from customers.actions import health, locks, proving, reaching, resolving, together
from customers.actions.resolving import Address
from customers.assurance import Assurance
from customers.models import Customer, Identity
from helpdesk.events.log import Actor


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as the doors understood it. ``sender`` is None where no address was shown."""

    channel: Channel
    sender: Address | None
    text: str
    provider_message_id: str = ""
    client_id: str = ""
    subject: str = ""
    html: str = ""
    quoted_text: str = ""
    sender_name: str = ""
    language: str = ""
    occurred_at: datetime | None = None
    rfc_message_id: str = ""
    reply_tokens: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    automatic: str = ""
    # "stop", "start", "help" or "yes"; and whether the provider has sent its own text for it.
    opt_out: str = ""
    is_opt_out_answered: bool = False
    is_forward: bool = False
    files: tuple[ArrivedFile, ...] = ()
    # Further addresses of the same person: an account beside its number, or, only claimed, what they say is theirs.
    also: tuple[Address, ...] = ()
    # The call it was said in, and how surely the words were recognised (0 to 1).
    call: Call | None = None
    heard_confidence: float | None = None
    # Who else it went to, and which address of ours it came to.
    to: tuple[Recipient, ...] = ()
    cc: tuple[Recipient, ...] = ()
    our_address: str = ""
    # Why the message asks for nothing, where the door knows already: "reaction", "goodbye".
    not_work: str = ""
    # What lay in a mailbox before it was connected is history: when it came there. It is threaded and shown as
    # of then, and asks for nothing: nobody waits for an answer to it, nothing is opened again.
    history_at: datetime | None = None

    @property
    def is_history(self) -> bool:
        """Whether it came before us."""
        return self.history_at is not None


@dataclass(frozen=True, slots=True)
class Received:
    """The message, and whether this call made it (a repeat is a normal result)."""

    message: Message
    is_new: bool


class _Repeat(Exception):
    """It came in meanwhile. Raised, so that a customer made for it alone goes again with the transaction."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.pk)
        self.message = message


def receive(arrival: Arrival) -> Received:
    """Store a message in the one conversation it belongs to."""
    known = _known(arrival)
    if known:
        return Received(known, is_new=False)
    try:
        return _receive(arrival)
    except _Repeat as repeat:
        return Received(repeat.message, is_new=False)
    except IntegrityError:
        # The same message came in on another connection at the same moment, and that one was first.
        known = _known(arrival)
        if known is None:
            raise
        return Received(known, is_new=False)


@retried
def _receive(arrival: Arrival) -> Received:
    identity = _sender(arrival)
    customer = identity.customer if identity else _nobody(arrival)
    customer = locks.lock_customers(customer.pk)[customer.pk]
    known = _known(arrival, identity)
    if known:
        raise _Repeat(known)
    if identity and not arrival.is_history:
        _note_alive(identity, arrival.channel)
    word = keywords.meant(arrival.opt_out, identity, arrival.channel)
    why_not_work = _not_work(arrival, identity, word)
    is_filed = bool(why_not_work) and why_not_work != not_work.HISTORY
    reference = thread_facts.reference(
        arrival.reply_tokens, arrival.references, arrival.channel, identity, arrival.call
    )
    decision = threading.decide(thread_facts.gather(arrival, identity, customer, reference, is_filed))
    by = actors.customer(customer)
    for claimed in arrival.also:
        if identity and claimed.assurance <= Assurance.CLAIMED:
            proving.claim(customer, claimed.kind, claimed.address, as_seen=claimed.as_seen, by=by)
    conversation = _place(decision, arrival, customer, by)
    if arrival.call:
        calls.join(arrival.call, conversation, identity, by)
    message = _write(arrival, conversation, identity, decision, reference, why_not_work)
    for file in arrival.files:
        files.keep(message, file)
    _keep_readers(arrival, conversation, message, decision, by)
    if word:
        accounts = [(one.kind, one.address) for one in arrival.also if one.assurance > Assurance.CLAIMED]
        keywords.note(word, message, accounts=accounts, by=by)
    if identity and arrival.channel.abilities.reply_window and not arrival.is_history:
        # She can be written to longer now, which screens count down.
        reaching.renew(customer)
    _settle(conversation, message, decision, by, is_history=arrival.is_history)
    if word == "help" and not arrival.is_opt_out_answered and not arrival.is_history:
        keywords.answer_help(message)
    return Received(message, is_new=True)


def _keep_readers(
    arrival: Arrival, conversation: Conversation, message: Message, decision: Decision, by: Actor
) -> None:
    """Who else reads along. A machine brings in nobody."""
    named = readers.keep_readers(message, arrival.to, arrival.cc)
    if message.is_automatic:
        return
    if decision.rule == "colleague":
        readers.note_beside(conversation, message, by=by)
    is_first = decision.outcome is Outcome.NEW
    readers.bring_in(conversation, message, named, is_first=is_first, by=by)


def _note_alive(identity: Identity, channel: Channel) -> None:
    """Whoever writes is there, and what came back from the address before came back no more."""
    health.clear(identity, channel.kind)
    if channel.abilities.is_own:
        visitors.note_here(identity)


def _sender(arrival: Arrival) -> Identity | None:
    """Who wrote. Two records of one person that show themselves in one message become one."""
    if arrival.sender is None:
        return None
    account = next((one for one in arrival.also if one.assurance > Assurance.CLAIMED), None)
    if account is None:
        return resolving.resolve(arrival.sender)
    found = together.resolve(arrival.sender, account)
    if found.twin is not None:
        evidence = {"identity": found.identity.pk, "came_with": account.kind}
        people.join(
            found.twin, into=found.identity.customer, reason="came_together", evidence=evidence, by=actors.SYSTEM
        )
    return found.identity


def _known(arrival: Arrival, identity: Identity | None = None) -> Message | None:
    messages = Message.objects.filter(channel=arrival.channel)
    if arrival.provider_message_id:
        return messages.filter(provider_message_id=arrival.provider_message_id).first()
    if arrival.client_id and arrival.sender:
        mine = {"identity": identity} if identity else {"identity__address": arrival.sender.address}
        return messages.filter(client_id=arrival.client_id, direction=Message.Direction.INBOUND, **mine).first()
    return None


def _nobody(arrival: Arrival) -> Customer:
    """Whoever shows no address: the same through one call, and never the same as anybody else."""
    said_before = Message.objects.filter(call=arrival.call).order_by("-pk").first() if arrival.call else None
    return said_before.conversation.customer if said_before else resolving.anonymous(arrival.sender_name)


def _not_work(arrival: Arrival, identity: Identity | None, word: str) -> str:
    """Why the message asks for nothing, or an empty string."""
    if arrival.automatic or arrival.not_work:
        return arrival.automatic or arrival.not_work
    if word:
        return word
    if identity and not_work.is_code(arrival.text) and proving.open_challenges(identity):
        return "code"
    if arrival.is_history:
        return not_work.HISTORY
    return "thanks" if not arrival.files and not_work.is_thanks(arrival.text) else ""


def _place(decision: Decision, arrival: Arrival, customer: Customer, by: Actor) -> Conversation:
    if decision.conversation_id is not None:
        return threads.lock(decision.conversation_id)
    is_work = decision.rule != "not_work" and not arrival.is_history
    at = arrival.history_at or timezone.now()
    return threads.open_conversation(
        customer=customer,
        desk=arrival.channel.desk,
        channel=arrival.channel,
        subject=arrival.subject,
        language=arrival.language or customer.language,
        by=by,
        linked_to_id=decision.linked_to,
        state=Conversation.State.OPEN if is_work else Conversation.State.RESOLVED,
        resolved_at=None if is_work else at,
        created_at=at,
    )


def _write(
    arrival: Arrival,
    conversation: Conversation,
    identity: Identity | None,
    decision: Decision,
    reference: Reference | None,
    why_not_work: str,
) -> Message:
    with transaction.atomic():  # a repeat that lost the race must not spoil the outer transaction
        return Message.objects.create(
            conversation=conversation,
            channel=arrival.channel,
            identity=identity,
            our_address=arrival.our_address,
            assurance=_proved(arrival, reference),
            direction=Message.Direction.INBOUND,
            author_kind=Message.AuthorKind.CUSTOMER,
            author_name=(arrival.sender_name or (arrival.sender.name if arrival.sender else ""))[:200],
            subject=arrival.subject[:300],
            text=arrival.text,
            html=arrival.html,
            quoted_text=arrival.quoted_text,
            is_automatic=bool(arrival.automatic),
            not_work=why_not_work[:20],
            client_id=arrival.client_id,
            provider_message_id=arrival.provider_message_id[:500],
            rfc_message_id=arrival.rfc_message_id[:500],
            occurred_at=arrival.occurred_at,
            created_at=arrival.history_at or timezone.now(),
            call=arrival.call,
            heard_confidence=arrival.heard_confidence,
            thread_rule=decision.rule,
            thread_reason=decision.reason[:200],
            thread_confidence=decision.confidence,
        )


def _proved(arrival: Arrival, reference: Reference | None) -> Assurance | None:
    """What this message proves: a reply from the address that alone was given its token is its owner's."""
    if arrival.sender is None:
        return None
    level = arrival.sender.assurance
    if reference and reference.by_own_token and level == Assurance.PRESENTED:
        return Assurance.CHANNEL
    return level


def _settle(conversation: Conversation, message: Message, decision: Decision, by: Actor, *, is_history: bool) -> None:
    """Counters, state and events after the message stands."""
    said = conversation.messages.said().exclude(author_kind="system")
    channel_before = said.exclude(pk=message.pk).order_by("-pk").first()
    if is_history:
        threads.count_in_past(conversation, message)
    else:
        threads.count_in(conversation, message)
    opens = not is_history and _opens(conversation, decision)
    if opens:
        threads.reopen(conversation, by=by, why=decision.rule)
    if not conversation.subject and message.subject:
        conversation.subject = message.subject
    conversation.language = conversation.language or conversation.customer.language
    threads.save(conversation)
    facts = {
        "message": message.pk,
        "direction": message.direction,
        "author": message.author_kind,
        "channel": message.channel_id,
        "channel_kind": message.channel.kind,
        "identity": message.identity_id,
        "not_work": message.not_work,
        "rule": decision.rule,
    }
    if message.heard_confidence is not None:
        facts["heard_confidence"] = message.heard_confidence
    threads.note(conversation, "message.created", by=by, facts=facts)
    if channel_before and channel_before.channel.kind != message.channel.kind and not message.not_work:
        switch = {"from": channel_before.channel.kind, "to": message.channel.kind, "message": message.pk}
        threads.note(conversation, "conversation.channel_switched", by=by, facts=switch)
    if not is_history:
        scheduling.cancel_overtaken(conversation, message, by=by)


def _opens(conversation: Conversation, decision: Decision) -> bool:
    is_snoozed = conversation.state == Conversation.State.SNOOZED
    return decision.outcome is Outcome.REOPEN or (decision.outcome is Outcome.JOIN and is_snoozed)
