"""Claims and proofs in a conversation, and the joins that follow from a proof.

A join of two customers and of their conversations is one transaction.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from conversations.actions import actors, readers, threads
from conversations.actions.replying import Outgoing, reply
from conversations.actions.transactions import retried
from conversations.models import (
    Attachment,
    Channel,
    Conversation,
    Handoff,
    Message,
    Note,
    ReplyToken,
)
from conversations.threading import ACTIVE_LASTS
from customers.actions import locks, merging, proving, resolving
from customers.models import Challenge, Customer, Identity
from helpdesk.events.log import Actor

CODE_TEXT = "{secret} is your code for {brand}. If you did not ask for it, ignore this message."
MASK = "••••••"


@retried
def claim_and_challenge(session: Identity, kind: str, address: str, *, as_seen: str) -> Challenge | None:
    """Somebody in a chat says an address is theirs: note the claim and send a code there.

    Nothing is looked up and nothing shown: the answer is the same for a known and an unknown address.
    None where no channel of ours reaches it, or where codes were sent too often.
    """
    locks.lock_addresses([(kind, address)])
    customer = locks.lock_customers(session.customer_id)[session.customer_id]
    last = Message.objects.said().filter(identity=session).select_related("conversation__desk").order_by("-pk").first()
    if last is None:
        return None
    by = actors.customer(customer)
    identity = proving.claim(customer, kind, address, as_seen=as_seen, by=by)
    channel = _channel_for(kind, last.conversation)
    if channel is None:
        return None
    try:
        challenge, code = proving.challenge(identity, asked_from=session, channel_kind=channel.kind, by=by)
    except proving.TooManyCodes:
        return None
    conversation = threads.lock(last.conversation_id)
    brand = conversation.desk.brand or conversation.desk.name
    text = CODE_TEXT.format(secret=MASK, brand=brand)
    secret = CODE_TEXT.format(secret=code, brand=brand)
    reply(conversation, Outgoing(text, channel=channel, identity=identity, secret=secret), by=actors.SYSTEM)
    return challenge


@retried
def prove(session: Identity, code: str, *, typed_in: Message | None = None) -> Challenge | None:
    """Somebody in a chat gives a code back. Where it is right, the address is proved and records join.

    ``typed_in`` is the message that held it, if one did: it keeps dots in its place.
    """
    waiting = proving.open_challenges(session)
    if not waiting:
        return None
    locks.lock_addresses((one.identity.kind, one.identity.address) for one in waiting)
    owners = [resolving.find_owner(one.identity.kind, one.identity.address) for one in waiting]
    ids = {session.customer_id, *(owner.customer_id for owner in owners if owner)}
    customer = locks.lock_customers(*ids)[session.customer_id]
    by = actors.customer(customer)
    challenge = proving.try_code(session, code, by=by)
    if challenge is None:
        return None
    _credit(challenge, customer, by)
    if typed_in is not None:
        _mask(typed_in, by)
    challenge.refresh_from_db()
    return challenge


@retried
def join(customer: Customer, *, into: Customer, reason: str, evidence: dict[str, Any], by: Actor) -> Customer:
    """Make two records of one person one, and their conversations with them."""
    rows = locks.lock_customers(customer.pk, into.pk)
    merged, kept = rows[customer.pk], rows[into.pk]
    if merged.pk == kept.pk:
        return kept
    theirs = Conversation.objects.select_for_update().filter(customer__in=[merged, kept], merged_into=None)
    conversations = list(theirs.order_by("pk"))
    moved: dict[str, Any] = {"conversations": [], "joined": []}
    for conversation in [one for one in conversations if one.customer_id == merged.pk]:
        home = _home(conversation, [one for one in conversations if one.customer_id == kept.pk])
        conversation.customer = kept
        if home is None:
            threads.save(conversation)
            threads.note(conversation, "conversation.moved", by=by, facts={"customer": kept.pk, "from": merged.pk})
        else:
            moved["joined"].append(_pour(conversation, home, by))
        moved["conversations"].append(conversation.pk)
    merging.merge(merged, into=kept, reason=reason, evidence=evidence, moved=moved, by=by)
    return kept


def _credit(challenge: Challenge, customer: Customer, by: Actor) -> None:
    """Give the proved address to whom it belongs, and join the records where that is another one."""
    claimed = challenge.identity
    # Looked up again: while we waited for the locks, another proof may have moved the address.
    owner = resolving.find_owner(claimed.kind, claimed.address)
    if owner is None or owner.customer_id == customer.pk:
        merging.confirm(owner or claimed, by=by)
    elif owner.is_shared:
        # Several people read what comes there: a proof is this person's, and joins nobody to the others.
        merging.confirm(claimed, by=by, is_shared=True)
    else:
        join(customer, into=owner.customer, reason="proved_address", evidence={"challenge": challenge.pk}, by=by)
        owner.refresh_from_db()
        merging.confirm(owner, by=by)


def _mask(message: Message, by: Actor) -> None:
    """Take a code out of the record once it has done its work."""
    message.refresh_from_db()
    conversation = threads.lock(message.conversation_id)
    said, message.text = message.text, MASK
    message.version += 1
    message.save(update_fields=["text", "version"])
    if conversation.preview == threads.preview_of(said):
        conversation.preview = MASK
    threads.save(conversation)
    threads.note(conversation, "message.redacted", by=by, facts={"message": message.pk})


def _channel_for(kind: str, conversation: Conversation) -> Channel | None:
    for channel in Channel.objects.filter(desk=conversation.desk_id, is_on=True).order_by("pk"):
        able = channel.abilities
        # Where we may only answer, a first message of ours would be refused.
        if kind in able.reaches and not able.is_own and able.reply_window is None:
            return channel
    return None


def _home(conversation: Conversation, others: list[Conversation]) -> Conversation | None:
    """The one live conversation of the other record at the same desk; with more, or none, nothing joins."""
    if conversation.state not in (Conversation.State.OPEN, Conversation.State.SNOOZED):
        return None
    since = timezone.now() - ACTIVE_LASTS
    live = [
        one
        for one in others
        if one.desk_id == conversation.desk_id
        and one.state in (Conversation.State.OPEN, Conversation.State.SNOOZED)
        and (one.last_message_at or one.created_at) > since
    ]
    return live[0] if len(live) == 1 else None


def _pour(conversation: Conversation, home: Conversation, by: Actor) -> dict[str, Any]:
    """Move everything said in one conversation into another. Returns what undoing it takes."""
    went = {
        "conversation": conversation.pk,
        "into": home.pk,
        "messages": _move(Message, conversation, home),
        "notes": _move(Note, conversation, home),
        "handoffs": _move(Handoff, conversation, home),
        "reply_tokens": list(conversation.reply_tokens.values_list("pk", flat=True)),
        "state": conversation.state,
        "home": {"assignee": home.assignee_id, "tier1_state": home.tier1_state, "state": home.state},
    }
    ReplyToken.objects.filter(conversation=conversation).exclude(
        Q(identity__in=home.reply_tokens.values("identity"))
    ).update(conversation=home)
    Attachment.objects.filter(conversation=conversation).update(conversation=home)
    readers.pour(conversation, home)
    _add_up(home, conversation)
    conversation.merged_into = home
    threads.save(conversation)
    threads.save(home)
    facts = {
        "joined": conversation.pk,
        "messages": went["messages"],
        "notes": went["notes"],
        "handoffs": went["handoffs"],
    }
    threads.note(home, "conversation.joined", by=by, facts=facts)
    return went


def _move(model: type[Message] | type[Note] | type[Handoff], source: Conversation, target: Conversation) -> list[int]:
    rows = list(model._default_manager.select_for_update().filter(conversation=source).order_by("pk"))
    for row in rows:
        row.conversation = target
        row.version += 1
        row.save(update_fields=["conversation", "version"])
    return [row.pk for row in rows]


def _add_up(home: Conversation, other: Conversation) -> None:
    home.message_count += other.message_count
    home.unread_count += other.unread_count
    home.channel_kinds = list(dict.fromkeys([*home.channel_kinds, *other.channel_kinds]))
    if (other.last_message_at or other.created_at) > (home.last_message_at or home.created_at):
        home.last_message_at = other.last_message_at
        home.preview, home.preview_author_kind = other.preview, other.preview_author_kind
        home.preview_author_name = other.preview_author_name
    home.last_inbound_at = max(filter(None, [home.last_inbound_at, other.last_inbound_at]), default=None)
    home.waiting_since = min(filter(None, [home.waiting_since, other.waiting_since]), default=None)
    home.scheduled_at = min(filter(None, [home.scheduled_at, other.scheduled_at]), default=None)
    home.subject = home.subject or other.subject
    home.assignee = home.assignee or other.assignee
    home.team = home.team or other.team
    if Conversation.State.OPEN in (home.state, other.state):
        # Nobody waits in a conversation that was put aside.
        home.state, home.snoozed_until = Conversation.State.OPEN, None
    # A person who has either conversation has the joined one.
    if Conversation.Tier1State.HANDED_OFF in (home.tier1_state, other.tier1_state):
        home.tier1_state = Conversation.Tier1State.HANDED_OFF
    elif home.tier1_state == Conversation.Tier1State.OFF:
        home.tier1_state = other.tier1_state
