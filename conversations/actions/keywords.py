"""STOP, START and HELP: wishes, not work. They are written down and obeyed; nobody but us answers HELP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from conversations.actions import actors, replying
from conversations.models import Channel, Message
from customers.actions import consent
from customers.models import Identity
from helpdesk.events.log import Actor

# Two machines that ask each other for help must come to an end.
HELP_AGAIN_AFTER = timedelta(hours=1)


def meant(word: str, identity: Identity | None, channel: Channel) -> str:
    """What a keyword means here: "stop", "start", "help" or nothing.

    YES re-opens what a STOP has closed; before any STOP it answers a question. HELP that no text would answer is
    somebody who asks for help: people see to it.
    """
    if word == "help" and not channel.help_text and not channel.abilities.answers_help:
        return ""
    if word != "yes":
        return word
    return "start" if identity and consent.is_stopped(identity, channel.kind) else ""


def note(word: str, message: Message, *, accounts: Iterable[tuple[str, str]], by: Actor) -> None:
    """Write a STOP or START into the ledger, for the address it came from and for those (kind, address) that
    surely are the same person's. The customer's row is locked by the caller."""
    if message.identity is None:
        return
    channel = message.channel
    wish = consent.Wish(
        channel.kind,
        word,
        words=message.text,
        said_to=channel.address or channel.name,
        said_at=message.occurred_at,
    )
    same_person = Q(pk=message.identity.pk)
    for kind, address in accounts:
        same_person |= Q(kind=kind, address=address)
    mine = Identity.objects.select_related("customer").filter(customer=message.identity.customer_id)
    for identity in mine.filter(same_person).order_by("pk"):
        consent.note(identity, wish, by=by)


def answer_help(message: Message) -> Message | None:
    """Send the channel's own text to whoever wrote HELP; None where there is none, or it went just now."""
    channel, identity = message.channel, message.identity
    if not channel.help_text or identity is None:
        return None
    since = timezone.now() - HELP_AGAIN_AFTER
    sent = Message.objects.filter(channel=channel, identity=identity, author_kind=Message.AuthorKind.SYSTEM)
    if sent.filter(text=channel.help_text, created_at__gt=since).exists():
        return None
    outgoing = replying.Outgoing(channel.help_text, channel=channel, identity=identity)
    try:
        return replying.reply(message.conversation, outgoing, by=actors.SYSTEM)
    except replying.CannotReach:
        return None  # after a STOP not even that
