"""Every action once, on a small scene. Used by the snapshot-plus-frames contract test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from conversations import fallback
from conversations.actions import (
    assignment,
    calls,
    claiming,
    delivering,
    falling_back,
    files,
    keywords,
    participants,
    people,
    replying,
    reporting,
    scheduling,
    speaking,
    starting,
    state,
    tier1,
    visitors,
    wishes,
)
from conversations.actions.actors import AI, SYSTEM, agent
from conversations.delivery_progress import Progress
from conversations.models import Attachment, Call, Channel, Conversation, Delivery, Message, Participant
from customers.actions import consent, resolving
from customers.models import Identity
from helpdesk.accounts.models import Team, User
from tests import build
from tests.conversations import chat_left


@dataclass(slots=True)
class Scene:
    """Jo has texted; a visitor chats; grace and ada look on."""

    ada: User
    team: Team
    sms: Channel
    chat: Channel
    mail: Channel
    phone: Channel
    conversation: Conversation
    message: Message
    visitor: Identity

    @property
    def chatting(self) -> Conversation:
        """The visitor's conversation."""
        found = Message.objects.filter(identity=self.visitor).latest("pk").conversation
        return found


def scene() -> Scene:
    """Made anew for each case."""
    sms, chat, mail, phone = (build.channel(kind) for kind in ("sms", "chat", "email", "phone"))
    message = build.sms(sms).message
    visitor = build.chat(chat).message.identity
    assert visitor is not None
    ada = build.user("Ada")
    return Scene(
        ada, Team.objects.create(name="Returns"), sms, chat, mail, phone, message.conversation, message, visitor
    )


def _queued(s: Scene) -> Delivery:
    reply = replying.reply(s.conversation, replying.Outgoing("On its way"), by=agent(s.ada), user=s.ada)
    return reply.delivery


def _upload(s: Scene) -> tuple[int, ...]:
    """Without bytes: what is kept on disk is another matter."""
    row = Attachment.objects.create(
        conversation=s.conversation, uploaded_by=s.ada, name="label.png", content_type="image/png", size=4
    )
    return (row.pk,)


def _with_file(s: Scene) -> Message:
    outgoing = replying.Outgoing("Your label", attachments=_upload(s))
    return replying.reply(s.conversation, outgoing, by=agent(s.ada), user=s.ada)


def _claimed(s: Scene) -> Delivery:
    delivery = _queued(s)
    claiming.claim(delivery.pk)
    return delivery


def _resolved(s: Scene) -> Conversation:
    return state.resolve(s.conversation, by=agent(s.ada))


def _attachment(s: Scene) -> Attachment:
    return files.keep(s.message, files.ArrivedFile("photo.png", "image/png", None, source_url="https://api.example/1"))


def _failed(s: Scene) -> Delivery:
    delivery = _claimed(s)
    delivering.note_sent(delivery.pk, Progress("failed", error="No such number"))
    return delivery


def _code(s: Scene) -> str:
    people.claim_and_challenge(s.visitor, "phone", build.JO_PHONE, as_seen=build.JO_PHONE)
    secret = Delivery.objects.exclude(secret=None).latest("pk").secret
    return str(secret["text"])[:6]


def _seen(s: Scene) -> Message:
    return replying.reply(s.chatting, replying.Outgoing("Hello Jo"), by=agent(s.ada), user=s.ada)


def _left(s: Scene) -> fallback.Unseen:
    chat_left.prove(s.visitor)
    chat_left.leave(s.visitor)
    chat_left.say(s.chatting, "Hello Jo", by=s.ada)
    (chat,) = fallback.due()
    return chat


def _call(s: Scene) -> Call:
    return build.call(s.phone)


def _talking(s: Scene) -> Call:
    call = _call(s)
    build.said(call)
    return call


def _waiting_line(s: Scene) -> Call:
    call = _talking(s)
    replying.reply(s.conversation, replying.Outgoing("In two days", channel=s.phone), by=agent(s.ada), user=s.ada)
    return call


def _ended(s: Scene) -> Call:
    return calls.end(_talking(s), seconds=102)


def _voicemail(s: Scene, call: Call) -> None:
    build.said(call, "Voicemail, 0:42", provider_message_id="RE1")
    calls.note_voicemail(call)


def _waiting_by_whatsapp(s: Scene) -> Channel:
    number = build.channel("whatsapp")
    build.whatsapp(number, occurred_at=timezone.now() - timedelta(hours=30))
    return number


def _queued_at_night(s: Scene) -> Delivery:
    now = timezone.now()
    s.sms.quiet_from, s.sms.quiet_until = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    s.sms.save()
    Message.objects.filter(pk=s.message.pk).update(created_at=now - timedelta(hours=2))
    return replying.reply(s.conversation, replying.Outgoing("Did it come?"), by=AI).delivery


def _with_help_text(s: Scene) -> None:
    s.message.channel.help_text = "Fernhill. Mail help@shop.example."


STOP = consent.Wish("sms", "stop", source="agent", words="Said so by phone")


def _copied(s: Scene) -> Message:
    return build.mail(s.mail, rfc_message_id="<first@customer.example>", cc=build.people(KIM)).message


def _to_several(s: Scene) -> Message:
    conversation = _copied(s).conversation
    wish = replying.Outgoing("On its way", channel=s.mail)
    return replying.reply(conversation, wish, by=agent(s.ada), user=s.ada)


def _waiting(s: Scene) -> Message:
    wish = replying.Outgoing("On its way", undo=timedelta(seconds=8))
    return replying.reply(s.conversation, wish, by=agent(s.ada), user=s.ada)


def _scheduled(s: Scene) -> Message:
    wish = replying.Outgoing("Did it come?", send_at=timezone.now() + timedelta(days=1))
    return replying.reply(s.conversation, wish, by=agent(s.ada), user=s.ada)


def _its_time(message: Message) -> Delivery:
    Delivery.objects.filter(message=message).update(not_before=timezone.now())
    return message.delivery


def _beside(s: Scene) -> Participant:
    _copied(s)
    build.mail(s.mail, sender="lee@customer.example", references=("<first@customer.example>",))
    return Participant.objects.get(address="lee@customer.example")


BRIEF = tier1.Brief("wanted_person", "The customer asked for a person", wish="A refund", mood="calm", language="en")
KIM = "kim@customer.example"
BY_MAIL = Progress("sent", provider_message_id="<out@shop.example>")
SENT = Progress("sent", provider_message_id="SMout", cost="-0.0079", currency="USD")

# name: (what happens before, what is tested); the first's result is given to the second.
ACTIONS: dict[str, tuple[Callable[[Scene], Any] | None, Callable[[Scene, Any], Any]]] = {
    "receiving.receive": (None, lambda s, _: build.sms(s.sms, "And my invoice?")),
    "receiving.receive, thanks": (_resolved, lambda s, _: build.sms(s.sms, "Thanks!")),
    "receiving.receive, reopening": (_resolved, lambda s, _: build.sms(s.sms, "Still not here")),
    "receiving.receive, copied to others": (None, lambda s, _: _copied(s)),
    "participants.let_in": (
        _beside,
        lambda s, row: participants.let_in(row.conversation, row, by=agent(s.ada), user=s.ada),
    ),
    "receiving.receive, another customer": (None, lambda s, _: build.mail(s.mail)),
    "receiving.receive, in the reply window": (_waiting_by_whatsapp, lambda s, number: build.whatsapp(number, "And?")),
    "receiving.receive, stop": (None, lambda s, _: build.sms(s.sms, "STOP", opt_out="stop")),
    "starting.start": (
        None,
        lambda s, _: starting.start(starting.Beginning(s.sms, "phone", "+447700900123"), by=s.ada),
    ),
    "replying.reply": (None, lambda s, _: _queued(s)),
    "replying.reply, in chat": (None, lambda s, _: _seen(s)),
    "replying.add_note": (None, lambda s, _: replying.add_note(s.conversation, "Call the carrier", by=s.ada)),
    "replying.reply, with files": (None, lambda s, _: _with_file(s)),
    "replying.add_note, with files": (
        _upload,
        lambda s, ids: replying.add_note(s.conversation, "", by=s.ada, attachments=ids),
    ),
    "assignment.assign": (
        None,
        lambda s, _: assignment.assign(s.conversation, to=s.ada, team=s.team, by=agent(s.ada)),
    ),
    "state.resolve": (None, lambda s, _: _resolved(s)),
    "state.reopen": (_resolved, lambda s, _: state.reopen(s.conversation, by=agent(s.ada))),
    "state.snooze": (
        None,
        lambda s, _: state.snooze(s.conversation, until=timezone.now() + timedelta(days=1), by=agent(s.ada)),
    ),
    "state.mark_spam": (None, lambda s, _: state.mark_spam(s.conversation, by=agent(s.ada))),
    "state.mark_read": (None, lambda s, _: state.mark_read(s.conversation, by=agent(s.ada))),
    "tier1.take": (None, lambda s, _: tier1.take(s.conversation)),
    "tier1.answer": (
        lambda s: tier1.take(s.conversation),
        lambda s, _: tier1.answer(
            s.conversation, replying.Outgoing("In two days."), to=s.message, decision="answer", turn_id=1
        ),
    ),
    "tier1.hand_off": (
        lambda s: tier1.take(s.conversation),
        lambda s, _: tier1.hand_off(s.conversation, BRIEF, to=s.message),
    ),
    "tier1.stay_silent": (lambda s: tier1.take(s.conversation), lambda s, _: tier1.stay_silent(s.conversation)),
    "claiming.claim": (_queued, lambda s, delivery: claiming.claim(delivery.pk)),
    "delivering.note_sent": (_claimed, lambda s, delivery: delivering.note_sent(delivery.pk, SENT)),
    "delivering.note_retry": (
        _claimed,
        lambda s, delivery: delivering.note_retry(delivery.pk, error="Busy", code="429", after=timedelta(seconds=1)),
    ),
    "delivering.note_unknown": (
        _claimed,
        lambda s, delivery: delivering.note_unknown(delivery.pk, error="No answer", after=timedelta(seconds=1)),
    ),
    "reporting.note_progress": (
        lambda s: delivering.note_sent(_claimed(s).pk, SENT),
        lambda s, _: reporting.note_progress(s.sms, Progress("delivered", "SMout")),
    ),
    "reporting.note_cost": (
        lambda s: delivering.note_sent(_claimed(s).pk, Progress("sent", provider_message_id="SMout")),
        lambda s, _: reporting.note_cost(Delivery.objects.get().pk, cost="0.0079", currency="USD"),
    ),
    "delivering.retry": (_failed, lambda s, delivery: delivering.retry(delivery.pk)),
    "reporting.note_progress, an address that is dead": (
        lambda s: delivering.note_sent(_claimed(s).pk, SENT),
        lambda s, _: reporting.note_progress(
            s.sms, Progress("failed", "SMout", "30005", "No such number.", address_health="dead")
        ),
    ),
    "replying.reply, in place of one that failed": (
        _failed,
        lambda s, delivery: replying.reply(
            s.conversation, replying.Outgoing("Once more", replaces=delivery.message), by=agent(s.ada), user=s.ada
        ),
    ),
    "visitors.note_gone": (None, lambda s, _: chat_left.leave(s.visitor)),
    "visitors.note_here": (lambda s: chat_left.leave(s.visitor), lambda s, _: visitors.note_here(s.visitor)),
    "falling_back.mail_unseen": (_left, lambda s, chat: falling_back.mail_unseen(chat)),
    "replying.reply, to several": (None, lambda s, _: _to_several(s)),
    "delivering.ride": (
        lambda s: [claiming.claim(one.pk) for one in _to_several(s).deliveries.order_by("pk")],
        lambda s, claimed: delivering.ride(claimed[1][0].pk),
    ),
    "reporting.note_progress, of one copy": (
        lambda s: [delivering.note_sent(one.pk, BY_MAIL) for one in _to_several(s).deliveries.order_by("pk")],
        lambda s, _: reporting.note_progress(
            s.mail, Progress("failed", "<out@shop.example>", error="No such box"), recipient=KIM
        ),
    ),
    "replying.reply, with undo": (None, lambda s, _: _waiting(s)),
    "replying.reply, later": (None, lambda s, _: _scheduled(s)),
    "scheduling.cancel": (_scheduled, lambda s, message: scheduling.cancel(message, by=agent(s.ada))),
    "scheduling.cancel, resolved": (
        lambda s: (_waiting(s), _resolved(s)),
        lambda s, given: scheduling.cancel(given[0], by=agent(s.ada)),
    ),
    "scheduling.send_now": (_scheduled, lambda s, message: scheduling.send_now(message, by=agent(s.ada))),
    "scheduling.reschedule": (
        _waiting,
        lambda s, message: scheduling.reschedule(message, timezone.now() + timedelta(days=2), by=agent(s.ada)),
    ),
    "claiming.claim, after undo": (
        lambda s: _its_time(_waiting(s)),
        lambda s, delivery: claiming.claim(delivery.pk),
    ),
    "receiving.receive, before a scheduled message": (_scheduled, lambda s, _: build.sms(s.sms, "It is here!")),
    "reporting.mark_seen": (_seen, lambda s, message: reporting.mark_seen(message)),
    "delivering.issue_address": (
        _queued,
        lambda s, delivery: delivering.issue_address(delivery.pk, rfc_message_id="<a@b>", token="t" * 26),
    ),
    "receiving.receive, in a call": (_call, lambda s, call: build.said(call, heard_confidence=0.4)),
    "replying.reply, in a call": (None, lambda s, _: _waiting_line(s)),
    "speaking.speak": (_waiting_line, lambda s, call: speaking.speak(call)),
    "speaking.leave_unsaid": (_waiting_line, lambda s, call: speaking.leave_unsaid(call)),
    "calls.start": (None, lambda s, _: _call(s)),
    "calls.want_call_back": (_talking, lambda s, call: calls.want_call_back(call)),
    "calls.give_to_person": (
        _talking,
        lambda s, call: calls.give_to_person(call, reason="failed", reason_text="The assistant is away."),
    ),
    "calls.close": (_waiting_line, lambda s, call: calls.close(call)),
    "calls.end": (_waiting_line, lambda s, call: calls.end(call, seconds=102)),
    "calls.note_voicemail": (_ended, _voicemail),
    "files.complete": (
        _attachment,
        lambda s, row: files.complete(row.pk, content=b"png", content_type="image/png", name="photo.png"),
    ),
    "files.give_up": (_attachment, lambda s, row: files.give_up(row.pk, "Gone")),
    "claiming.claim, held": (_queued_at_night, lambda s, delivery: claiming.claim(delivery.pk)),
    "keywords.note": (None, lambda s, _: keywords.note("stop", s.message, accounts=[], by=SYSTEM)),
    "keywords.answer_help": (_with_help_text, lambda s, _: keywords.answer_help(s.message)),
    "wishes.note": (None, lambda s, _: wishes.note(s.sms, resolving.Address("phone", build.JO_PHONE), STOP)),
    "wishes.note_by_hand": (None, lambda s, _: wishes.note_by_hand(s.visitor, STOP, by=s.ada)),
    "people.claim_and_challenge": (None, lambda s, _: _code(s)),
    "people.prove": (_code, lambda s, code: people.prove(s.visitor, code)),
    "people.prove, typed": (
        lambda s: (_code(s), build.chat(s.chat, "123456").message),
        lambda s, given: people.prove(s.visitor, given[0], typed_in=given[1]),
    ),
    "people.prove, wrong": (_code, lambda s, code: people.prove(s.visitor, "x")),
    "people.join": (
        None,
        lambda s, _: people.join(
            s.visitor.customer, into=s.conversation.customer, reason="by_hand", evidence={}, by=SYSTEM
        ),
    ),
}
