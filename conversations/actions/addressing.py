"""To whom a message of ours goes, where one message may have several recipients. Used by replying alone."""

from __future__ import annotations

from collections.abc import Iterable

from conversations import reach, recipients
from conversations.actions import readers
from conversations.models import Channel, Conversation, Message, MessageRecipient
from conversations.recipients import BadRecipient, Recipient, Recipients
from customers.actions import mentioning
from customers.assurance import Assurance
from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.events.log import Actor


def way(conversation: Conversation, channel: Channel | None, first: Recipient) -> reach.Way | None:
    """The way to somebody whom an agent names; None where no channel of the desk takes several recipients."""
    found = channel or _channel(conversation)
    if found is None or not found.abilities.has_recipients:
        return None
    return reach.to_named(found, _identity(conversation, first))


def chosen(
    conversation: Conversation, wish: Recipients | None, found: reach.Way, user: User | None
) -> Recipients | None:
    """Everybody the message goes to; None where its channel reaches one person at a time.

    Left to us, an agent's answer goes to all who take part and were on the mail it answers. What no person wrote goes
    to its asker alone (RFC 3834, section 4): the others asked for nothing. Raises BadRecipient.
    """
    if not found.channel.abilities.has_recipients or found.identity is None:
        return None
    if user is None:
        return recipients.alone(found.identity)
    if wish is None:
        return recipients.reply_all(conversation, found.channel, found.identity)
    all_of_them = Recipients(wish.to or recipients.alone(found.identity).to, wish.cc, wish.bcc)
    _refuse(all_of_them)
    return all_of_them


def put(message: Message, wanted: Recipients) -> list[tuple[MessageRecipient, Identity]]:
    """Write down who gets the message, whom it answers first, each with the identity that is written to."""
    made: list[tuple[MessageRecipient, Identity]] = []
    # New records are made in the order of their addresses, so that two replies never wait for each other in a circle.
    identities = {
        one.address: _identity(message.conversation, one) for _, one in sorted(wanted, key=lambda pair: pair[1].address)
    }
    for field, one in wanted:
        is_first = not made and message.identity is not None and message.identity.address == one.address
        row = MessageRecipient(
            message=message, field=field, address=one.address, address_as_seen=one.as_seen[:320], name=one.name[:200]
        )
        made.append((row, message.identity if is_first and message.identity else identities[one.address]))
    return made


def bring_in(message: Message, wanted: Iterable[tuple[str, Recipient]], *, by: Actor, user: User) -> None:
    """Whoever an agent writes to openly takes part from then on."""
    for field, one in wanted:
        if field != MessageRecipient.Field.BCC:
            readers.choose(message.conversation, one, since=message, by=by, user=user)


def _refuse(wanted: Recipients) -> None:
    found, ours = list(wanted), recipients.our_addresses()
    for field, one in found:
        if recipients.is_ours(one.address, ours):
            raise BadRecipient(field, f"{one.as_seen or one.address} is an address of ours.")
    if len(found) > recipients.MAX_RECIPIENTS:
        raise BadRecipient("to", f"A mail goes to at most {recipients.MAX_RECIPIENTS} people.")


def _channel(conversation: Conversation) -> Channel | None:
    used = conversation.messages.said().select_related("channel").order_by("-pk")[:50]
    mine = [*(one.channel for one in used), *Channel.objects.filter(desk=conversation.desk_id).order_by("pk")]
    return next((one for one in mine if one.is_on and one.abilities.has_recipients), None)


def _identity(conversation: Conversation, one: Recipient) -> Identity:
    """Whom an address stands for here: the customer's own, somebody's who wrote here, or one to be written to."""
    known = Identity.objects.filter(kind=Identity.Kind.EMAIL, address=one.address)
    own = known.filter(customer=conversation.customer_id, assurance__gt=Assurance.CLAIMED).first()
    wrote = conversation.messages.filter(direction=Message.Direction.INBOUND, identity__in=known).order_by("-pk")
    writer = own or next((message.identity for message in wrote.select_related("identity")[:1]), None)
    return writer or mentioning.mention(Identity.Kind.EMAIL, one.address, as_seen=one.as_seen, name=one.name)
