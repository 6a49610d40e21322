"""Who read each message, and who takes part with it. Used by the other actions alone."""

from __future__ import annotations

from collections.abc import Iterable

from conversations import recipients
from conversations.actions import threads
from conversations.models import Conversation, Message, MessageRecipient, Participant
from conversations.recipients import Recipient
from customers.assurance import Assurance
from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.events.log import Actor

MAX_PARTICIPANTS = 100
State = Participant.State


def keep_readers(message: Message, to: Iterable[Recipient], cc: Iterable[Recipient]) -> list[Recipient]:
    """Keep who else an arrived message went to. Returns them, ourselves and its author left out."""
    ours = recipients.our_addresses()
    author = message.identity.address if message.identity else ""
    found: dict[str, tuple[str, Recipient]] = {}
    for field, named in (("to", to), ("cc", cc)):
        for one in named:
            if one.address != author and not recipients.is_ours(one.address, ours):
                found.setdefault(one.address, (field, one))
    kept = list(found.values())[: recipients.MAX_RECIPIENTS]
    for field, one in kept:
        MessageRecipient.objects.create(
            message=message, field=field, address=one.address, address_as_seen=one.as_seen, name=one.name
        )
    return [one for _, one in kept]


def bring_in(
    conversation: Conversation, message: Message, named: Iterable[Recipient], *, is_first: bool, by: Actor
) -> None:
    """Whoever is openly on an arrived mail takes part from it on.

    In a conversation that goes on, only a mail that surely is its author's brings anybody in: a forged one could
    name the forger. Whom another names stands beside until an agent lets them in.
    """
    level = message.assurance or 0
    is_vouched = level >= Assurance.CHANNEL or (is_first and level > Assurance.CLAIMED)
    state = State.IN if is_vouched and not stands_beside(conversation, message.identity) else State.BESIDE
    customers = set(recipients.customers_addresses(conversation))
    for one in named:
        if one.address not in customers:
            _put(conversation, one, state, since=message, by=by)


def note_beside(conversation: Conversation, message: Message, *, by: Actor) -> None:
    """A colleague of the customer wrote: shown to agents, marked, and no more."""
    identity = message.identity
    if identity is not None:
        one = Recipient(identity.address, identity.address_as_seen, message.author_name)
        _put(conversation, one, State.BESIDE, since=message, by=by)


def choose(conversation: Conversation, one: Recipient, *, since: Message, by: Actor, user: User | None) -> None:
    """An agent writes openly to somebody, who takes part from then on."""
    if one.address not in recipients.customers_addresses(conversation):
        _put(conversation, one, State.IN, since=since, by=by, user=user)


def stands_beside(conversation: Conversation, identity: Identity | None) -> bool:
    """Whether somebody was seen here and not let in."""
    if identity is None:
        return False
    found = conversation.participants.filter(kind=identity.kind, address=identity.address)
    return found.filter(state=State.BESIDE).exists()


def pour(conversation: Conversation, home: Conversation) -> None:
    """Those of one conversation are those of the one it is joined with. Taking part outweighs standing beside."""
    known = {(one.kind, one.address): one for one in home.participants.select_for_update()}
    for row in conversation.participants.select_for_update().order_by("pk"):
        twin = known.get((row.kind, row.address))
        if twin is None:
            row.conversation = home
            row.save(update_fields=["conversation"])
        elif twin.state == State.BESIDE and row.state != State.BESIDE:
            twin.state = row.state
            twin.save(update_fields=["state"])


def _put(
    conversation: Conversation, one: Recipient, state: str, *, since: Message, by: Actor, user: User | None = None
) -> None:
    known = conversation.participants.filter(kind=Identity.Kind.EMAIL, address=one.address).first()
    if known is None:
        if conversation.participants.count() >= MAX_PARTICIPANTS:
            return
        made = Participant.objects.create(
            conversation=conversation,
            address=one.address,
            address_as_seen=one.as_seen[:320],
            name=one.name[:200],
            state=state,
            since=since,
            added_by=user,
        )
        threads.note(conversation, "participant.added", by=by, facts={"participant": made.pk, "state": state})
    elif known.state == State.BESIDE and state != State.BESIDE:
        let_in(conversation, known, by=by, user=user)
    elif one.name and not known.name:
        known.name = one.name[:200]
        known.save(update_fields=["name"])


def let_in(conversation: Conversation, row: Participant, *, by: Actor, user: User | None) -> None:
    """From here on they take part. The conversation is locked and saved by the caller."""
    row.state, row.added_by = State.LET_IN, user
    row.save(update_fields=["state", "added_by"])
    threads.note(conversation, "participant.let_in", by=by, facts={"participant": row.pk})
