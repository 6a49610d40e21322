"""Handing a conversation to people: the brief, and one honest message to the customer, in one transaction."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from ai_tier1.brief import AnsweredQuestion, Line, brief
from ai_tier1.known_facts import known_facts
from ai_tier1.models import Turn
from ai_tier1.policy import Action, Decision
from conversations.actions import tier1
from conversations.actions.actors import AI
from conversations.actions.replying import CannotReach, Outgoing, reply
from conversations.models import Conversation, Message
from conversations.threading import has_reply_mark

MAX_LINES = 200
REFERENCES = frozenset({"order_number", "invoice_number", "tracking_number", "reference"})


def hand_off(turn: Turn, decision: Decision, *, notice: str) -> Message | None:
    """Stop, and let people take over. Returns the notice sent, if there was one.

    Nobody is told who has hung up. Raises Overtaken where more was said meanwhile: the brief would be out of date.
    """
    written = _brief(turn, decision)
    with transaction.atomic():
        made = tier1.hand_off(turn.conversation, written, to=turn.message, turn_id=turn.pk)
        call = turn.message.call
        if made is None or not notice or (call and not call.is_live):
            return None
        outgoing = Outgoing(notice, channel=turn.message.channel, identity=turn.message.identity, call=call)
        try:
            return reply(turn.conversation, outgoing, by=AI)
        except CannotReach:
            return None


def has_reference(conversation: Conversation) -> bool:
    """Whether the customer has already given an order number or the like, on any channel."""
    return any(fact.name in REFERENCES for line in _lines(conversation) for fact in known_facts(line.text))


def _brief(turn: Turn, decision: Decision) -> tier1.Brief:
    lines = _lines(turn.conversation)
    written = brief(
        lines,
        _answered(turn),
        decision.reason,
        expected_language=turn.conversation.language or turn.message.channel.language,
    )
    return tier1.Brief(
        reason=written.reason,
        reason_text=written.reason_text,
        wish=written.wish,
        known_facts=[asdict(fact) for fact in written.known_facts],
        answered=[asdict(one) for one in written.answered],
        promised=written.promised,
        next_step=written.next_step,
        mood=written.mood,
        language=written.language,
    )


def _lines(conversation: Conversation) -> list[Line]:
    said = conversation.messages.said().exclude(author_kind=Message.AuthorKind.SYSTEM).exclude(not_work="code")
    newest = said.select_related("channel").order_by("-pk")[:MAX_LINES]
    return [Line(one.pk, one.channel.kind, one.author_kind, _said(one), one.created_at) for one in reversed(newest)]


def _said(message: Message) -> str:
    """A mail's subject as a sentence of its own before its text; a reply's subject says nothing new."""
    subject = message.subject.strip()
    if not subject or has_reply_mark(subject):
        return message.text
    return f"{subject}{'' if subject[-1] in '.?!' else '.'}\n{message.text}"


def _answered(turn: Turn) -> list[AnsweredQuestion]:
    answered = Turn.objects.filter(
        conversation=turn.conversation_id, state=Turn.State.DONE, decision__in=[Action.ANSWER, Action.OFFER]
    )
    return [
        AnsweredQuestion(one.question[:300], one.citations[0]["article"], one.citations[0]["title"])
        for one in answered.order_by("pk")
        if one.citations
    ]
