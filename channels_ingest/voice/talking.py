"""One turn of a live call: wait for something to say, say it once, and keep what was said.

Nothing here holds a database connection while it waits: each look is a short transaction of its own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from ai_tier1.models import Rollout
from channels_ingest.adapters.incoming import CallTurnRef
from channels_ingest.models import CallTurn
from channels_ingest.voice import script, twiml
from channels_ingest.voice.hearing import Heard
from channels_ingest.voice.lines import Line
from channels_ingest.voice.script import Act, Facts, Step, Then
from conversations import reach
from conversations.actions import calls, speaking
from conversations.actions.actors import AI
from conversations.actions.replying import CannotReach, Outgoing, reply
from conversations.actions.transactions import retried
from conversations.models import Call, Channel, Conversation, Message
from conversations.spoken import speakable
from helpdesk.events.models import Event

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.3
REASONS = {
    "tier1_off": "The assistant does not answer calls; the caller told it what this is about.",
    "too_slow": "The assistant did not answer in time.",
    "not_understood": "The caller could not be understood.",
    "too_long": "The call went on without an end.",
}


async def answer(channel_id: int, ref: CallTurnRef) -> str:
    """The TwiML for a turn that is stored already, within ``script.HELD_SECONDS``. Never silence."""
    started = time.monotonic()
    try:
        watch = _Watch(channel_id, ref)
        while True:
            must_answer = time.monotonic() - started >= script.HELD_SECONDS
            document = await sync_to_async(watch.look)(must_answer)
            if document is not None:
                return document
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except Exception:
        logger.exception("Turn %s of call %s on channel %s", ref.number, ref.call_id, channel_id)
        return trouble(channel_id)


def trouble(channel_id: int) -> str:
    """An apology and the tone, where nothing else can be said."""
    return twiml.trouble(twiml.Place(_url(channel_id)))


class _Watch:
    """Looks at a turn again only after something has happened in its conversation: many callers may wait."""

    def __init__(self, channel_id: int, ref: CallTurnRef) -> None:
        self._channel_id, self._ref = channel_id, ref
        self._conversation_id: int | None = None
        self._seen: int | None = None

    def look(self, must_answer: bool) -> str | None:
        """The document, if it is time for one."""
        try:
            newest = self._newest_event()
            if not must_answer and newest is not None and newest == self._seen:
                return None
            self._seen = newest
            return _turn_of(self._channel_id, self._ref, must_answer)
        finally:
            # Back to the pool: whoever waits needs no connection.
            for connection in connections.all(initialized_only=True):
                if not connection.in_atomic_block:
                    connection.close()

    def _newest_event(self) -> int | None:
        if self._conversation_id is None:
            turns = CallTurn.objects.filter(call__channel=self._channel_id, call__provider_call_id=self._ref.call_id)
            self._conversation_id = (
                turns.filter(number=self._ref.number).values_list("message__conversation_id", flat=True).first()
            )
        events = Event.objects.filter(conversation_id=self._conversation_id or 0)
        return events.order_by("-pk").values_list("pk", flat=True).first()


@retried
def _turn_of(channel_id: int, ref: CallTurnRef, must_answer: bool) -> str | None:
    """The document of a turn: the one that was handed out before, else a new one, kept with the turn."""
    turn = (
        CallTurn.objects.select_for_update(of=("self",))
        .select_related("call__channel__desk", "call__identity", "call__conversation", "message")
        .get(call__channel=channel_id, call__provider_call_id=ref.call_id, number=ref.number)
    )
    told = turn.answers.get(str(ref.wait))
    if told is not None:
        return str(told)
    call = turn.call
    if script.decide(_facts(turn, ref, must_answer)) is None:
        return None
    calls.hold(call)
    facts = _facts(turn, ref, must_answer)
    step = script.decide(facts)
    if step is None:
        return None
    said = speaking.speak(call) if step.speaks else []
    step = _after(step, said, facts)
    step = _act(step, turn)
    document = twiml.document(
        step, _texts(said, call), _place(call.channel), number=turn.number, at=turn.at, wait=ref.wait
    )
    turn.answers = {**turn.answers, str(ref.wait): document}
    turn.save(update_fields=["answers"])
    return document


def _facts(turn: CallTurn, ref: CallTurnRef, must_answer: bool) -> Facts:
    call = turn.call
    conversation = _conversation(call)
    return Facts(
        at=turn.at,
        heard=turn.heard,
        number=turn.number,
        waiting_count=len(speaking.waiting_in(call)),
        is_held_by_person=conversation is not None and conversation.is_held_by_person,
        has_tier1=Rollout.objects.filter(channel=call.channel, mode=Rollout.Mode.ALWAYS).exists(),
        has_stayed_silent=_has_stayed_silent(turn, conversation),
        has_asked_back=conversation is not None and conversation.tier1_state == Conversation.Tier1State.ASKED,
        misheard_count=_misheard(turn, conversation),
        can_call_back=bool(call.address),
        waited_seconds=(timezone.now() - turn.created_at).total_seconds(),
        filler_count=ref.wait,
        must_answer=must_answer,
    )


def _after(step: Step, said: list[Message], facts: Facts) -> Step:
    """Offer the whole of an answer as a text, once it is known what is being said."""
    has_more = bool(said) and bool(said[-1].full_text) and step.then is Then.LISTEN and not facts.is_held_by_person
    if not has_more or facts.has_asked_back or reach.text_way(said[-1].channel, said[-1].identity) is None:
        return step
    offered = script.decide(replace(facts, waiting_count=1, has_more_to_text=True))
    return offered or step


def _act(step: Step, turn: CallTurn) -> Step:
    """Do what belongs to a step, in its transaction."""
    call = turn.call
    if Act.TEXT_IT in step.acts and not _text(call):
        step = replace(step, lines=tuple(Line.NOT_TEXTED if one is Line.TEXTED else one for one in step.lines))
    if Act.GIVE_TO_PERSON in step.acts:
        calls.give_to_person(call, reason=step.reason, reason_text=REASONS[step.reason])
    if Act.CALL_BACK in step.acts:
        calls.give_to_person(call, reason="call_back", reason_text="The caller asks to be called back.")
        calls.want_call_back(call)
    if step.then is Then.HANG_UP:
        calls.close(call)
    return step


def _text(call: Call) -> bool:
    """Send the whole of the last answer to the caller's own number. False where there is no way to it."""
    said = Message.objects.filter(call=call, author_kind=Message.AuthorKind.AI).exclude(full_text="").order_by("-pk")
    message = said.first()
    way = reach.text_way(call.channel, call.identity) if message else None
    if message is None or way is None:
        return False
    links = list(dict.fromkeys(one["url"] for one in message.citations if one.get("url")))[:1]
    text = "\n".join([message.full_text, *links])[: way.channel.abilities.max_characters]
    outgoing = Outgoing(text, channel=way.channel, identity=way.identity, citations=tuple(message.citations))
    try:
        reply(message.conversation, outgoing, by=AI)
    except CannotReach:
        return False
    return True


def _texts(said: list[Message], call: Call) -> list[str]:
    return [speakable(message.text, call.channel.language) for message in said]


def _conversation(call: Call) -> Conversation | None:
    newest = Message.objects.select_related("conversation").filter(call=call).order_by("-pk").first()
    return newest.conversation if newest else None


def _has_stayed_silent(turn: CallTurn, conversation: Conversation | None) -> bool:
    """Whether the tier-1 has looked at what was said here and had nothing to say."""
    if conversation is None or turn.message is None:
        return False
    silent = Event.objects.filter(conversation_id=conversation.pk, type="tier1.stayed_silent")
    return bool(turn.message.not_work) or silent.filter(created_at__gte=turn.message.created_at).exists()


def _misheard(turn: CallTurn, conversation: Conversation | None) -> int:
    """Turns in a row, up to this one, in which nothing was understood."""
    count = 0
    for one in CallTurn.objects.filter(call=turn.call, number__lte=turn.number, number__gt=0).order_by("-number"):
        is_lost = one.heard in (Heard.NOTHING, Heard.UNCLEAR) or _has_stayed_silent(one, conversation)
        if not is_lost:
            break
        count += 1
    return count


def _place(channel: Channel) -> twiml.Place:
    return twiml.Place(_url(channel.pk), channel.language, channel.desk.brand or channel.desk.name)


def _url(channel_id: int) -> str:
    return settings.PUBLIC_URL + reverse("webhook", args=[channel_id])
