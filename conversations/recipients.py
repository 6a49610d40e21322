"""Who is on a message: ours taken out, and who an answer goes to if nobody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email.utils import parseaddr

from conversations import channel_kinds
from conversations.models import Channel, Conversation, Message, MessageRecipient
from customers.addresses import normalise_email, without_plus
from customers.assurance import Assurance
from customers.models import Identity

MAX_RECIPIENTS = 50


class BadRecipient(ValueError):
    """An address that a message can't go to. ``field`` is to, cc or bcc; the text says why."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Recipient:
    """One mail address, normalised, with the spelling and the name it came with."""

    address: str
    as_seen: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Everybody a message goes to. The first of ``to`` is whom it answers."""

    to: tuple[Recipient, ...]
    cc: tuple[Recipient, ...] = ()
    bcc: tuple[Recipient, ...] = ()

    def __iter__(self) -> Iterator[tuple[str, Recipient]]:
        """Each address once, with the field it stands in: the most open one."""
        seen: set[str] = set()
        for field, found in (("to", self.to), ("cc", self.cc), ("bcc", self.bcc)):
            for one in found:
                if one.address not in seen:
                    seen.add(one.address)
                    yield field, one


def recipient(address: str, name: str = "") -> Recipient | None:
    """An address as written; None where it is none."""
    normalised = normalise_email(address)
    return Recipient(normalised, address.strip()[:320], name.strip()[:200]) if normalised else None


def typed(field: str, written: Iterable[str]) -> tuple[Recipient, ...]:
    """Addresses as an agent types them: "kim@example.com" or "Kim <kim@example.com>". Raises BadRecipient."""
    found = []
    for text in written:
        name, address = parseaddr(text)
        one = recipient(address, name)
        if one is None or not address or "\n" in text or "\r" in text:
            raise BadRecipient(field, f"“{text.strip()[:80]}” is no mail address.")
        found.append(one)
    return tuple(found)


def our_addresses() -> frozenset[str]:
    """Every mail address of ours, of all desks: we are nobody's recipient but our own."""
    kinds = [kind.kind for kind in channel_kinds.KINDS.values() if kind.has_recipients]
    rows = Channel.objects.filter(kind__in=kinds)
    return frozenset(normalise_email(one) or one.lower() for row in rows for one in row.addresses)


def is_ours(address: str, ours: Iterable[str]) -> bool:
    """Whether a normalised address is ours, with or without a token in it."""
    return address in ours or without_plus(address) in ours


def our_address_in(channel: Channel, written: str) -> str:
    """Which address of a channel a message was sent to; empty where it names none."""
    address = without_plus(normalise_email(written) or "")
    return next((one for one in channel.addresses if normalise_email(one) == address), "")


def alone(identity: Identity) -> Recipients:
    """One person."""
    own = _of_identity(identity)
    # Its owner knows the name we have; others are shown only what the owner's own mails said.
    return Recipients((replace(own, name=own.name or identity.customer.name),))


def reply_all(conversation: Conversation, channel: Channel, identity: Identity) -> Recipients:
    """Whoever is answered, and of those who were openly on that mail the ones who take part.

    A mail that is surely not its sender's word brings in nobody.
    """
    said = conversation.messages.filter(channel=channel, identity=identity, direction=Message.Direction.INBOUND)
    answered = said.exclude(is_automatic=True).order_by("-pk").first()
    own = _of_identity(identity)
    if answered is None or (answered.assurance or 0) <= Assurance.CLAIMED:
        return alone(identity)
    taking_part, ours = taking_part_in(conversation), our_addresses()
    others = [
        one
        for one in answered.recipients.order_by("pk")
        if one.address in taking_part and one.address != own.address and not is_ours(one.address, ours)
    ]
    if not others:
        return alone(identity)
    named = {
        field: tuple(Recipient(one.address, one.address_as_seen, one.name) for one in others if one.field == field)
        for field in (MessageRecipient.Field.TO, MessageRecipient.Field.CC)
    }
    return Recipients((own, *named[MessageRecipient.Field.TO]), named[MessageRecipient.Field.CC])


def taking_part_in(conversation: Conversation) -> frozenset[str]:
    """The mail addresses of a conversation's customer and of everybody else who takes part."""
    others = conversation.participants.taking_part().filter(kind=Identity.Kind.EMAIL)
    return frozenset([*customers_addresses(conversation), *others.values_list("address", flat=True)])


def customers_addresses(conversation: Conversation) -> list[str]:
    """The mail addresses that are surely those of the conversation's customer."""
    own = Identity.objects.filter(customer=conversation.customer_id, kind=Identity.Kind.EMAIL)
    return list(own.filter(assurance__gt=Assurance.CLAIMED).values_list("address", flat=True))


def answering_address(conversation: Conversation, channel: Channel, identity: Identity | None) -> str:
    """The address of ours that somebody wrote to last, or else anybody else here; empty: the channel's own."""
    came = conversation.messages.filter(channel=channel, direction=Message.Direction.INBOUND).exclude(our_address="")
    newest = came.filter(identity=identity).order_by("-pk").first() or came.order_by("-pk").first()
    return newest.our_address if newest and newest.our_address in channel.addresses else ""


def _of_identity(identity: Identity) -> Recipient:
    said = Message.objects.filter(identity=identity, direction=Message.Direction.INBOUND).exclude(author_name="")
    newest = said.order_by("-pk").values_list("author_name", flat=True).first()
    return Recipient(identity.address, identity.address_as_seen, newest or "")
