"""One copy of a message on its way out: whom it shows, whom it reaches, and what of the thread it may hold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from channels_ingest.adapters.incoming import NamedAddress
from channels_ingest.adapters.outgoing import QuotedMessage
from conversations import sending
from conversations.models import Delivery, DeliveryState, Message, MessageRecipient
from customers.models import Identity

MAX_QUOTED_MAILS = 5
MAX_QUOTED_CHARACTERS = 20_000
# What surely left. Anything else may have been taken back, or never have reached anybody.
_LEFT = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)


@dataclass(frozen=True, slots=True)
class Copy:
    """One mail to hand over. ``reached`` are the identities that get it: what it holds has to be all of theirs."""

    reached: tuple[int, ...]
    to: tuple[NamedAddress, ...] = ()
    cc: tuple[NamedAddress, ...] = ()
    bcc: tuple[NamedAddress, ...] = ()
    # A token is issued to one recipient alone: none stands in a mail of several, none in a blind copy.
    has_token: bool = True


def copy_of(delivery: Delivery, *, sends_copies: bool) -> Copy:
    """What goes out for a delivery: its recipient's own copy, or, by a service that knows no such, the mail of all."""
    rows = list(delivery.message.recipients.select_related("delivery__identity").order_by("pk"))
    own = next((row for row in rows if row.delivery_id == delivery.pk), None)
    mine = (delivery.identity_id or 0,)
    if own is None or len(rows) < 2 or (delivery.is_by_itself and not sends_copies):
        return Copy(mine, has_token=own is None or own.field != MessageRecipient.Field.BCC)
    if not sends_copies:
        rows = [row for row in rows if row.delivery and _goes_along(row.delivery, delivery)]
    to, cc, bcc = (tuple(_named(row) for row in rows if row.field == field) for field in MessageRecipient.Field)
    if sends_copies:
        return Copy(mine, to, cc, has_token=own.field != MessageRecipient.Field.BCC)
    reached = tuple(row.delivery.identity_id or 0 for row in rows if row.delivery)
    return Copy(reached, to or (_named(own),), cc, bcc, has_token=len(rows) == 1)


def quoted(message: Message, copy: Copy) -> tuple[QuotedMessage, ...]:
    """The newest mails of this conversation that every reader of this copy wrote or received, newest first."""
    chat = _of_chat(message)
    mails = _seen_by_all(message, copy) if chat is None else chat
    # Of what nobody wrote only that counts which brings what somebody did.
    brings = Exists(Message.objects.filter(mailed_with=OuterRef("pk")))
    mails = mails.exclude(~brings, author_kind=Message.AuthorKind.SYSTEM).exclude(text="")
    found: list[QuotedMessage] = []
    left = MAX_QUOTED_CHARACTERS
    for one in mails.select_related("identity").order_by("-pk")[:MAX_QUOTED_MAILS]:
        text = one.text if len(one.text) <= left else one.text[:left].rstrip() + " …"
        if left <= 0:
            break
        left -= len(text)
        found.append(QuotedMessage(_author(one), one.sent_at or one.occurred_at or one.created_at, text))
    return tuple(found)


def _of_chat(message: Message) -> QuerySet[Message] | None:
    """For a mail that brings what was not seen in a chat: what that very visitor wrote and received before it."""
    first = message.carried.order_by("pk").first()
    if first is None:
        return None
    return Message.objects.filter(
        conversation=message.conversation_id, channel=first.channel_id, identity=first.identity_id, pk__lt=first.pk
    )


def references(message: Message, copy: Copy, limit: int) -> tuple[str, ...]:
    """Message-IDs of the mails that every reader of this copy knows, oldest first."""
    thread = _seen_by_all(message, copy, has_left=False).exclude(rfc_message_id="")
    return tuple(reversed(thread.order_by("-pk").values_list("rfc_message_id", flat=True)[:limit]))


def _seen_by_all(message: Message, copy: Copy, *, has_left: bool = True) -> QuerySet[Message]:
    found = Message.objects.filter(
        conversation=message.conversation_id, pk__lt=message.pk, channel__kind=message.channel.kind
    )
    for identity in copy.reached:
        found = found.filter(pk__in=Message.objects.shown_to([identity]).values("pk"))
    if not has_left:
        return found
    for identity in copy.reached:
        ours = Delivery.objects.filter(identity=identity, message__direction=Message.Direction.OUTBOUND)
        found = found.exclude(pk__in=ours.exclude(state__in=_LEFT).values("message"))
    return found


def _goes_along(other: Delivery, carrier: Delivery) -> bool:
    if other.pk == carrier.pk:
        return True
    is_waiting = other.state in (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    return is_waiting and not other.is_by_itself and sending.refusal(other) is None


def _named(row: MessageRecipient) -> NamedAddress:
    return NamedAddress(row.address_as_seen or row.address, row.name)


def _author(message: Message) -> str:
    if message.direction == Message.Direction.OUTBOUND:
        return " ".join((message.author_name or "we").split())[:100]
    # A chat window's own name says nothing to anybody, and is read by its visitor.
    is_mail = message.identity is not None and message.identity.kind == Identity.Kind.EMAIL
    address = message.identity.address_as_seen if message.identity and is_mail else "you"
    return " ".join((message.author_name or address or "we").split())[:100]
