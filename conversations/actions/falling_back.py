"""Mailing what a visitor did not see in the chat: once, in order, to the address proved in that chat."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from conversations import fallback, opening_hours, unseen_mail
from conversations.actions import threads
from conversations.actions.actors import SYSTEM
from conversations.actions.replying import Outgoing, reply
from conversations.actions.transactions import retried
from conversations.fallback import Unseen
from conversations.models import Channel, Conversation, Message, VisitorPresence
from conversations.unseen_mail import Said
from customers.actions import locks
from customers.models import Identity


@retried
def mail_unseen(chat: Unseen) -> Message | None:
    """Mail what waits in a chat. None where its visitor is back, saw it, or has no address that it may go to.

    That it is mailed is written on the messages in the transaction that queues the mail, under the lock that "seen"
    takes too: whichever comes first, nothing goes twice and nothing that was seen goes at all.
    """
    visitor = Identity.objects.select_related("customer").get(pk=chat.visitor_id)
    locks.lock_customers(visitor.customer_id)
    away = VisitorPresence.objects.select_for_update().filter(visitor=visitor, left_at__isnull=False).first()
    if away is None or away.left_at is None:
        return None
    conversation = threads.lock(chat.conversation_id)
    found = fallback.unseen().filter(conversation=conversation, identity=visitor).select_related("channel")
    said = list(found.order_by("pk"))
    if not said or not fallback.may_be_mailed(conversation):
        return None
    first_at = min(one.created_at for one in said)
    if not fallback.is_late(away.left_at, first_at, said[0].channel.mails_after_minutes):
        return None
    way = fallback.mail_way(visitor, Channel.objects.filter(desk=conversation.desk_id).order_by("pk"))
    if way is None:
        return None
    mail = reply(
        conversation, Outgoing(_words(conversation, said), channel=way.channel, identity=way.identity), by=SYSTEM
    )
    _note_mailed(mail, said)
    return mail


def _words(conversation: Conversation, said: list[Message]) -> str:
    hours = opening_hours.of_desk(conversation.desk)
    zone = ZoneInfo(hours.timezone if hours else settings.TIME_ZONE)
    brand = conversation.desk.brand or conversation.desk.name
    return unseen_mail.words((Said(one.author_name or brand, one.created_at, one.text) for one in said), zone)


def _note_mailed(mail: Message, said: list[Message]) -> None:
    ids = [one.pk for one in said]
    Message.objects.filter(pk__in=ids).update(mailed_with=mail, version=F("version") + 1)
    conversation = threads.lock(mail.conversation_id)
    # The mail says nothing new: lists go on showing what it brings.
    threads.set_preview(conversation, said[-1].text, said[-1].author_kind, said[-1].author_name)
    if mail.channel.kind not in conversation.channel_kinds:
        conversation.channel_kinds = [*conversation.channel_kinds, mail.channel.kind]
    threads.save(conversation)
    facts = {"message": mail.pk, "messages": ids, "identity": mail.identity_id, "channel_kind": mail.channel.kind}
    threads.note(conversation, "message.mailed", by=SYSTEM, facts=facts)
