"""Collects from the database what the threading rules decide on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, Q
from django.utils import timezone

from conversations import recipients
from conversations.models import Call, Channel, Conversation, Delivery, Message, ReplyToken
from conversations.threading import ACTIVE_LASTS, Candidate, ThreadFacts, plain_subject
from customers.assurance import Assurance
from customers.models import Customer, Identity
from customers.organisations import are_colleagues

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conversations.actions.receiving import Arrival

MAX_REFERENCES = 50
MAX_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Reference:
    """The conversation that a token, Message-ID or session points to."""

    conversation: Conversation
    sender_is_participant: bool
    # The message came from the very address that alone was given the token it carries.
    by_own_token: bool = False


def reference(
    tokens: Iterable[str],
    message_ids: Iterable[str],
    channel: Channel,
    sender: Identity | None,
    call: Call | None = None,
) -> Reference | None:
    """What a message refers to, by the most trustworthy mark it carries.

    Tokens count wherever they were issued within the desk; a Message-ID counts only where we sent
    that mail from this same channel to one person. A call is one person's, whoever that is. Nothing
    refers to spam: what comes after it is looked at anew, and lost in no drawer.
    """
    found = _reference(tokens, message_ids, channel, sender, call)
    is_spam = found is not None and found.conversation.state == Conversation.State.SPAM
    return None if is_spam and call is None else found


def _reference(
    tokens: Iterable[str], message_ids: Iterable[str], channel: Channel, sender: Identity | None, call: Call | None
) -> Reference | None:
    if call is not None and call.conversation is not None:
        return Reference(_survivor(call.conversation), sender_is_participant=True)
    row = (
        ReplyToken.objects.select_related("conversation", "identity")
        .filter(token__in=list(tokens)[:MAX_REFERENCES], conversation__desk=channel.desk_id)
        .first()
    )
    if row:
        is_own = sender is not None and _same_address(row.identity, sender)
        place = _survivor(row.conversation)
        takes_part = _takes_part(sender, place)
        if takes_part or not is_own:
            return Reference(place, takes_part, by_own_token=is_own)
        # Only a code went there: whoever asked for it said the address is theirs, its owner never did.
    wanted = list(message_ids)[:MAX_REFERENCES]
    sent = Message.objects.exclude(author_kind=Message.AuthorKind.SYSTEM)
    ours = sent.select_related("conversation").filter(rfc_message_id__in=wanted, channel=channel)
    found = {message.rfc_message_id: message for message in ours}
    for message_id in wanted:
        if message_id in found:
            place = _survivor(found[message_id].conversation)
            return Reference(place, _takes_part(sender, place))
    quoted = _quoted(wanted, channel)
    if quoted:
        place = _survivor(quoted.conversation)
        return Reference(place, _takes_part(sender, place))
    return _session(channel, sender)


def gather(
    arrival: Arrival, identity: Identity | None, customer: Customer, referenced: Reference | None, is_not_work: bool
) -> ThreadFacts:
    """All facts for one message. The customer's row must be locked."""
    now = arrival.history_at or timezone.now()
    level = arrival.sender.assurance if arrival.sender else Assurance.CLAIMED
    is_surely_them = identity is not None and level >= Assurance.CHANNEL
    is_same_call = arrival.call is not None and referenced is not None
    is_claimed = not is_same_call and (arrival.sender is None or arrival.sender.assurance <= Assurance.CLAIMED)
    mine = Conversation.objects.filter(customer=customer, desk=arrival.channel.desk_id, merged_into=None)
    near = mine.filter(
        Q(state__in=[Conversation.State.OPEN, Conversation.State.SNOOZED]) | Q(resolved_at__gt=now - ACTIVE_LASTS)
    ).exclude(Q(last_message_at=None) | Q(state=Conversation.State.SPAM))
    if arrival.history_at:
        near = near.filter(created_at__lte=now)  # what began later is no part of this past
    return ThreadFacts(
        now=now,
        referenced=_candidate(referenced.conversation, arrival.channel, identity) if referenced else None,
        sender_is_participant=bool(referenced and referenced.sender_is_participant),
        sender_is_colleague=bool(
            is_surely_them and identity and referenced and _is_colleague(identity, referenced.conversation)
        ),
        candidates=tuple(
            _candidate(one, arrival.channel, identity) for one in near.order_by("-last_message_at")[:MAX_CANDIDATES]
        ),
        is_not_work=is_not_work,
        is_identity_shared=bool(identity and identity.is_shared),
        is_claimed_only=is_claimed,
        is_forward=arrival.is_forward,
        mail_subject=plain_subject(arrival.subject) if arrival.channel.abilities.has_subject else "",
    )


def _quoted(provider_ids: list[str], channel: Channel) -> Message | None:
    """The message that a reply quotes by the provider's own id: one of ours, or an earlier one of theirs."""
    if not provider_ids:
        return None
    known = Message.objects.select_related("conversation").filter(channel=channel)
    # One index each: over both tables at once the planner reads them whole.
    sent = Delivery.objects.filter(channel=channel, provider_message_id__in=provider_ids).order_by("-message").first()
    ours = known.filter(pk=sent.message_id).first() if sent else None
    theirs = known.filter(provider_message_id__in=provider_ids).order_by("-pk").first()
    return max((one for one in (ours, theirs) if one), key=lambda one: one.pk, default=None)


def _session(channel: Channel, sender: Identity | None) -> Reference | None:
    """A chat session goes on where it last was."""
    if sender is None or sender.kind != Identity.Kind.VISITOR:
        return None
    last = (
        Message.objects.said()
        .select_related("conversation")
        .filter(channel=channel, identity=sender)
        .order_by("-pk")
        .first()
    )
    return Reference(_survivor(last.conversation), sender_is_participant=True) if last else None


def _candidate(conversation: Conversation, channel: Channel, identity: Identity | None) -> Candidate:
    # A code sent by mail is no mail of the matter: its subject says nothing about what the next one is.
    # Neither does one that we made up for a first mail of ours.
    said = conversation.messages.filter(direction=Message.Direction.INBOUND)
    mails = said.exclude(subject="").values_list("subject", flat=True).distinct()[:20]
    ours = conversation.messages.said().exclude(author_kind=Message.AuthorKind.SYSTEM)
    wrote = ours.filter(channel=channel, identity=identity, direction=Message.Direction.OUTBOUND)
    return Candidate(
        id=conversation.pk,
        is_open=conversation.state in (Conversation.State.OPEN, Conversation.State.SNOOZED),
        resolved_at=conversation.resolved_at,
        last_message_at=conversation.last_message_at or conversation.created_at,
        mail_subjects=frozenset(plain_subject(subject) for subject in mails),
        we_wrote_at=wrote.aggregate(at=Max("created_at"))["at"] if identity else None,
        linked_to=conversation.linked_to_id,
    )


def _takes_part(sender: Identity | None, conversation: Conversation) -> bool:
    if sender is None:
        return False
    if sender.customer_id == conversation.customer_id and sender.assurance > Assurance.CLAIMED:
        return True
    known = conversation.participants.filter(kind=sender.kind, address=sender.address).first()
    if known is not None:
        return known.state != known.State.BESIDE
    said = conversation.messages.said().exclude(author_kind=Message.AuthorKind.SYSTEM)
    return said.filter(identity__kind=sender.kind, identity__address=sender.address).exists()


def _is_colleague(sender: Identity, conversation: Conversation) -> bool:
    """Whether a mail address is of the organisation that the conversation's customer writes from."""
    customers = recipients.customers_addresses(conversation) if sender.kind == Identity.Kind.EMAIL else []
    return any(are_colleagues(sender.address, one) for one in customers)


def _same_address(one: Identity, other: Identity) -> bool:
    return (one.kind, one.address) == (other.kind, other.address)


def _survivor(conversation: Conversation) -> Conversation:
    while conversation.merged_into is not None:
        conversation = conversation.merged_into
    return conversation
