"""One Turn from the burst to what is done about it. Runs whole in the worker that holds the model."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from ai_tier1 import handoff, turn_queue, voice_and_tone
from ai_tier1.asked_again import asked_before
from ai_tier1.models import Turn
from ai_tier1.policy import Action, Decision, Reason
from ai_tier1.thinking import Inquiry, Thought, think
from conversations import opening_hours, reach
from conversations.actions import tier1
from conversations.actions.actors import AI
from conversations.actions.replying import CannotReach, Outgoing, Overtaken
from conversations.models import Conversation, DeliveryState, Message
from conversations.threading import has_reply_mark
from customers.assurance import Assurance
from helpdesk.events.log import record

logger = logging.getLogger(__name__)

MAX_EARLIER = 8
MAX_QUESTION = 8000
GIVE_UP_AFTER = 3


def run(turn_id: int) -> None:
    """Run a due Turn. Whatever fails ends at a person, never in silence."""
    turn = turn_queue.claim(turn_id)
    if turn is None:
        return
    try:
        _run(turn)
    except Overtaken:
        _again(turn)
    except Exception as error:
        logger.exception("Turn %s", turn_id)
        _failed(turn, error)


def _run(turn: Turn) -> None:
    burst = _burst(turn)
    if not burst or turn.conversation.is_held_by_person:
        _finish(turn, Turn.State.SUPERSEDED)
        return
    turn.message = burst[-1]
    turn.question = "\n\n".join(_text(message) for message in burst)[:MAX_QUESTION]
    inquiry = _inquiry(turn, burst)
    thought = think(inquiry)
    _remember(turn, thought)
    _act(turn, thought, inquiry)


def _burst(turn: Turn) -> list[Message]:
    """What the customer said since the last word of ours, on any channel; the newest last."""
    said = turn.conversation.messages.by_participants().exclude(author_kind=Message.AuthorKind.SYSTEM)
    ours = said.filter(direction=Message.Direction.OUTBOUND).order_by("-pk").values_list("pk", flat=True).first()
    theirs = said.filter(direction=Message.Direction.INBOUND, not_work="", pk__gt=ours or 0)
    if turn.message.identity is not None:
        # Somebody else on the mail asks for themselves.
        theirs = theirs.filter(identity__customer=turn.message.identity.customer_id)
    return list(theirs.select_related("channel", "identity").order_by("-pk")[:10])[::-1]


def _heard_by(message: Message) -> Any:
    """What an answer may rest on: all that its asker wrote, on any channel, and of others' words what reached them."""
    said = message.conversation.messages.by_participants()
    if message.identity is None:
        return said
    reached = Message.objects.shown_to([message.identity.pk]).values("pk")
    return said.filter(Q(identity__customer=message.identity.customer_id) | Q(pk__in=reached))


def _inquiry(turn: Turn, burst: Sequence[Message]) -> Inquiry:
    conversation, newest = turn.conversation, burst[-1]
    before = _heard_by(newest).filter(direction=Message.Direction.INBOUND, not_work="", pk__lt=burst[0].pk)
    earlier = [_text(one) for one in reversed(before.order_by("-pk")[:MAX_EARLIER])]
    spoken = conversation.messages.said().filter(
        author_kind=Message.AuthorKind.AI, channel=newest.channel, identity=newest.identity, call=newest.call
    )
    is_spoken = newest.channel.abilities.is_spoken
    answered = Turn.objects.filter(conversation=conversation, decision__in=[Action.ANSWER, Action.OFFER]).exclude(
        pk=turn.pk
    )
    return Inquiry(
        question=turn.question,
        channel_kind=newest.channel.abilities,
        language=(conversation.language or newest.channel.language or "en")[:2],
        brand=conversation.desk.brand or conversation.desk.name,
        # Whatever was said before may be used to understand; what is answered comes from articles alone.
        earlier=tuple(earlier),
        name=_name(newest),
        is_first=not spoken.exists(),
        can_follow_as_text=is_spoken and reach.text_way(newest.channel, newest.identity) is not None,
        has_unread_attachment=any(one.attachments.filter(is_inline=False).exists() for one in burst),
        is_asked_again=asked_before(turn.question, list(answered.values_list("question", flat=True))) is not None,
    )


def _name(message: Message) -> str:
    """A first name for the greeting of a letter, where the address is surely its owner's."""
    if (message.assurance or 0) < Assurance.CHANNEL or not message.author_name:
        return ""
    return message.author_name.split()[0][:40]


def _text(message: Message) -> str:
    has_news = message.subject and message.channel.abilities.has_subject and not has_reply_mark(message.subject)
    return f"{message.subject}\n{message.text}" if has_news else message.text


def _remember(turn: Turn, thought: Thought) -> None:
    turn.language, turn.confidence = thought.language, thought.confidence
    turn.decision, turn.reason = thought.decision.action, thought.decision.reason
    turn.answer, turn.milliseconds = thought.text, thought.milliseconds
    turn.citations = citations(thought)
    turn.passages = passages(thought)
    turn.save()


def _act(turn: Turn, thought: Thought, inquiry: Inquiry) -> None:
    """Do what was decided. A message that is surely not from its address gets no automatic word."""
    conversation, message = turn.conversation, turn.message
    action = thought.decision.action
    # Whoever is on the line asked, and hears nothing but articles: there is nobody else who could be answered.
    is_doubtful = (message.assurance or 0) <= Assurance.CLAIMED and message.call is None
    if action is Action.NONE:
        tier1.stay_silent(conversation)
    elif action is Action.HAND_OFF or is_doubtful:
        handed = handoff.hand_off(turn, thought.decision, notice="" if is_doubtful else notice(turn, thought))
        turn.reply = handed
    else:
        outgoing = Outgoing(
            thought.text,
            channel=message.channel,
            identity=message.identity,
            citations=tuple(turn.citations),
            full_text=thought.full_text,
            call=message.call,
        )
        turn.reply = tier1.answer(conversation, outgoing, to=message, decision=action, turn_id=turn.pk, cost=turn.cost)
        if turn.reply.delivery_state == DeliveryState.FAILED:
            # The caller has hung up: nobody heard it.
            handoff.hand_off(turn, Decision(Action.HAND_OFF, Reason.CALL_ENDED), notice="")
    if thought.decision.reason is Reason.ASKED_AGAIN:
        _note_asked_again(turn)
    _finish(turn, Turn.State.DONE)


def notice(turn: Turn, thought: Thought) -> str:
    """What the customer is told at a handoff: honestly what happens next, and when."""
    desk = turn.conversation.desk
    hours = opening_hours.of_desk(desk)
    now = timezone.now()
    opens = opening_hours.next_opening(hours, now)
    kind = turn.message.channel.abilities
    text = voice_and_tone.handoff_notice(
        thought.language,
        reason=thought.decision.reason,
        is_open=opening_hours.is_open(hours, now) if hours else None,
        next_opening=_local(opens, hours.timezone) if hours and opens else None,
        asks_for_more=not handoff.has_reference(turn.conversation),
        is_spoken=kind.is_spoken,
    )
    spoken = Message.objects.said().filter(
        conversation=turn.conversation, author_kind=Message.AuthorKind.AI, identity=turn.message.identity
    )
    if kind.is_spoken:
        is_first = not spoken.filter(call=turn.message.call).exists()
        brand = desk.brand or desk.name
        opening = voice_and_tone.spoken_framing(
            thought.language, brand=brand, is_first=is_first, is_offer=False
        ).opening
        return f"{opening} {text}".strip()
    framing = voice_and_tone.framing(
        thought.language,
        brand=desk.brand or desk.name,
        is_letter=kind.is_letter,
        is_short=kind.is_segmented,
        is_first=not spoken.exists(),
        is_offer=False,
        name=_name(turn.message),
    )
    return "\n\n".join(part for part in (framing.opening, text, framing.closing) if part)


def citations(thought: Thought) -> list[dict[str, Any]]:
    """What was cited, as it was shown."""
    quoted = {one.passage_id: one.text for one in thought.passages}
    return [
        {
            "number": one.number,
            "article": one.article,
            "title": one.title,
            "passage": quoted.get(one.passage, ""),
            "url": settings.PUBLIC_URL + reverse("help_article", args=[one.slug]),
        }
        for one in thought.citations
    ]


def passages(thought: Thought) -> list[dict[str, Any]]:
    """What was found, with its scores."""
    return [
        {
            "article": one.article_id,
            "slug": one.slug,
            "title": one.title,
            "passage": one.passage_id,
            "heading": one.heading,
            "text": one.text,
            "dense": round(one.dense, 4),
            "lexical": round(one.lexical, 4),
            "score": round(one.score, 4),
        }
        for one in thought.passages
    ]


def _note_asked_again(turn: Turn) -> None:
    record(
        "question.asked_again",
        f"conversation:{turn.conversation_id}",
        by=AI,
        conversation_id=turn.conversation_id,
        desk_id=turn.conversation.desk_id,
        facts={"message": turn.message_id, "turn": turn.pk},
    )


def _again(turn: Turn) -> None:
    """More was said meanwhile: think again with all of it, unless a person has taken over."""
    conversation = Conversation.objects.get(pk=turn.conversation_id)
    if conversation.is_held_by_person:
        _finish(turn, Turn.State.SUPERSEDED)
        return
    turn.state, turn.not_before = Turn.State.QUEUED, timezone.now() + turn.message.channel.abilities.burst
    turn.save(update_fields=["state", "not_before"])


def _failed(turn: Turn, error: Exception) -> None:
    turn.error = f"{type(error).__name__}: {error}"[:2000]
    if turn.attempts < GIVE_UP_AFTER:
        turn.state, turn.not_before = Turn.State.QUEUED, timezone.now()
        turn.save(update_fields=["state", "not_before", "error"])
        return
    try:
        handoff.hand_off(turn, Decision(Action.HAND_OFF, Reason.FAILED), notice="")
    except (Overtaken, CannotReach):
        logger.warning("Turn %s failed and could not hand off", turn.pk)
    _finish(turn, Turn.State.FAILED)


def _finish(turn: Turn, state: str) -> None:
    turn.state, turn.finished_at = state, timezone.now()
    turn.save()


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
