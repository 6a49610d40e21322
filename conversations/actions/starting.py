"""Writing to somebody first: an agent opens a conversation with an address of their own choosing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from conversations.actions import actors, threads
from conversations.actions.transactions import retried
from conversations.models import Channel, Conversation
from customers.actions import locks, naming
from helpdesk.accounts.models import User
from helpdesk.events.models import Event


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an agent entered. ``address`` is in the spelling in which addresses are compared."""

    channel: Channel
    kind: str
    address: str
    as_seen: str = ""
    name: str = ""
    subject: str = ""
    # Chosen by the caller: the same beginning twice is one conversation.
    client_id: str = ""


@retried
def start(beginning: Beginning, *, by: User) -> tuple[Conversation, int]:
    """An empty conversation that is the agent's, and the identity to write to.

    The address counts as vouched where nobody has it yet; where somebody has, the conversation is theirs.
    """
    locks.lock_addresses([(beginning.kind, beginning.address)])
    known = _started(beginning, by)
    if known is not None:
        return known
    identity = naming.name(beginning.kind, beginning.address, as_seen=beginning.as_seen, called=beginning.name)
    customer = locks.lock_customers(identity.customer_id)[identity.customer_id]
    conversation = threads.open_conversation(
        customer=customer,
        desk=beginning.channel.desk,
        channel=beginning.channel,
        subject=beginning.subject,
        language=customer.language or beginning.channel.language,
        by=actors.agent(by),
        facts={"identity": identity.pk, "channel": beginning.channel.pk, "client_id": beginning.client_id},
        assignee=by,
        last_message_at=timezone.now(),
    )
    return conversation, identity.pk


def _started(beginning: Beginning, by: User) -> tuple[Conversation, int] | None:
    if not beginning.client_id:
        return None
    mine = Event.objects.filter(type="conversation.opened", actor_kind=Event.ActorKind.AGENT, actor_id=by.pk)
    found = mine.filter(facts__client_id=beginning.client_id).order_by("-pk").first()
    if found is None or found.conversation_id is None:
        return None
    return Conversation.objects.get(pk=found.conversation_id), int(found.facts["identity"])
