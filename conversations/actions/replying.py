"""Writing to a customer, and among ourselves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from conversations import failures, file_kinds, inline_pictures, pieces, reach, recipients, templates
from conversations.actions import actors, addressing, calls, holding, leaving, threads, uploads
from conversations.actions.holding import Hold
from conversations.actions.transactions import retried
from conversations.models import (
    Attachment,
    Call,
    Channel,
    Conversation,
    Delivery,
    DeliveryState,
    Message,
    MessageTemplate,
    Note,
)
from conversations.recipients import Recipients
from customers.actions import consent
from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.events.log import Actor
from helpdesk.events.models import Event

# What somebody who writes should have seen. What a colleague is about to send is news too.
_NEWS = ("message.created", "message.held", "note.created")


class CannotReach(Exception):
    """There is no open way to the address; the text says why."""


class TooLong(CannotReach):
    """The text has more characters than its channel carries; the text says how many that are."""


class BadTemplate(CannotReach):
    """The template can't be sent so. ``errors`` holds a sentence by variable, or by "template" for the whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class CannotReplace(Exception):
    """The other message can't be replaced (any more); the text says why."""


class Overtaken(Exception):
    """Something came in between that the author has not seen."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__("Something new came in meanwhile.")
        self.events = events


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be said. Channel and identity are found where they are left out."""

    text: str = ""
    html: str = ""
    channel: Channel | None = None
    identity: Identity | None = None
    client_id: str = ""
    citations: tuple[dict[str, Any], ...] = ()
    # Words that go out but must not stand in the record (a code), put in place of "{secret}".
    secret: str = ""
    not_before: datetime | None = None
    # The whole of what ``text`` says in short.
    full_text: str = ""
    # Everybody it goes to, where its channel takes several; None: whoever should by what it answers.
    recipients: Recipients | None = None
    # The call it belongs to: said there, or, if it has ended meanwhile, kept as not said.
    call: Call | None = None
    # The template to send and what to fill in; ``text`` becomes what the customer reads of it.
    template: MessageTemplate | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    # The message that failed for good and that this one is sent instead of.
    replaces: Message | None = None
    # Uploads of the agent who writes, by their ids.
    attachments: tuple[int, ...] = ()
    # How long it waits before it leaves, so that it can be taken back; or the time at which it shall leave, and
    # whether it then does even if the customer wrote meanwhile (None: as the desk has it).
    undo: timedelta = timedelta(0)
    send_at: datetime | None = None
    sends_anyway: bool | None = None


def reply(
    conversation: Conversation,
    outgoing: Outgoing,
    *,
    by: Actor,
    user: User | None = None,
    expected_event: int | None = None,
) -> Message:
    """Write to the customer. A repeat with the same client id returns the first message.

    Raises CannotReach where the address is closed, BadRecipient where one of several can't be written to, BadTemplate
    where the template does not fit, TooLong where the channel takes less, CannotAttach where a file can't go along,
    CannotReplace where what it is sent instead of did not fail or was replaced before, BadTime where nothing can leave
    at ``send_at``, and Overtaken where ``expected_event`` is given and a message came in after it.
    """
    known = _known(user, outgoing.client_id)
    return known or _reply(conversation, outgoing, by=by, user=user, expected_event=expected_event)


@retried
def _reply(
    conversation: Conversation, outgoing: Outgoing, *, by: Actor, user: User | None, expected_event: int | None
) -> Message:
    row = threads.lock(conversation.pk)
    known = _known(user, outgoing.client_id)
    if known:
        return known
    if expected_event is not None:
        refuse_if_overtaken(row, expected_event, by)
    if outgoing.replaces is not None:
        refuse_if_replaced(row, outgoing.replaces)
    outgoing = _filled(outgoing)
    way = _way(row, outgoing)
    longest = way.channel.abilities.max_characters
    # A template has limits of its own, and was held against them.
    if outgoing.template is None and len(outgoing.text) > longest:
        raise TooLong(f"{way.channel.name} takes at most {longest} characters.")
    if way.is_dead and user is None and not outgoing.secret:
        raise CannotReach(f"{way.doubt}.")
    wanted = addressing.chosen(row, outgoing.recipients, way, user)
    files = uploads.chosen(outgoing.attachments, row, way.channel.files, way.channel.abilities.label, by=user)
    outgoing = _with_pictures(outgoing, files, way)
    hold = holding.wanted(way.channel, undo=outgoing.undo, send_at=outgoing.send_at, sends_anyway=outgoing.sends_anyway)
    message = _write(row, outgoing, way, by, user, hold)
    uploads.put(files, message)
    if way.channel.abilities.is_own and hold is None:
        _deliver_here(message)
    elif wanted is None:
        _queue_in_pieces(message, outgoing, row, files)
    else:
        _queue_for_all(message, outgoing, row, wanted)
        if user is not None and hold is None:
            addressing.bring_in(message, wanted, by=by, user=user)
    if outgoing.replaces is not None:
        _note_replaced(row, outgoing.replaces, message, by)
    if hold is not None:
        holding.begin(row, message, by=by)
        return message
    _settle(row, message, by, user)
    if message.call and not message.call.is_live:
        calls.leave_unsaid(message.call)
        message.refresh_from_db()
    return message


def refuse_if_replaced(conversation: Conversation, failed: Message) -> None:
    """Raise CannotReplace unless a message of this conversation failed and nothing was sent in its place."""
    failed.refresh_from_db()
    why = failures.why_not_replaced(failed)
    if failed.conversation_id != conversation.pk:
        why = "The message belongs to another conversation."
    if why:
        raise CannotReplace(why)


def _note_replaced(conversation: Conversation, failed: Message, message: Message, by: Actor) -> None:
    failed.version += 1
    failed.save(update_fields=["version"])
    facts = {"message": failed.pk, "replaced_by": message.pk, "channel_kind": message.channel.kind}
    threads.note(conversation, "message.replaced", by=by, facts=facts)


def refuse_if_overtaken(conversation: Conversation, expected_event: int, by: Actor) -> None:
    """Raise Overtaken if somebody else wrote after the event the author last saw."""
    news = Event.objects.filter(conversation_id=conversation.pk, type__in=_NEWS)
    # What is committed and not yet numbered came after anything the author can have seen.
    later = news.filter(Q(seq__gt=expected_event) | Q(seq=None))
    unseen = [event for event in later.order_by("seq")[:20] if (event.actor_kind, event.actor_id) != (by.kind, by.id)]
    if unseen:
        raise Overtaken(unseen)


@retried
def add_note(
    conversation: Conversation, text: str, *, by: User, client_id: str = "", attachments: tuple[int, ...] = ()
) -> Note:
    """Say something that no customer will see, with files that none will get. Raises CannotAttach."""
    row = threads.lock(conversation.pk)
    known = Note.objects.filter(author=by, client_id=client_id).first() if client_id else None
    if known:
        return known
    files = uploads.chosen(attachments, row, file_kinds.NOTE, "A note", by=by)
    note = Note.objects.create(conversation=row, author=by, author_name=by.name, text=text, client_id=client_id)
    uploads.put(files, note)
    threads.save(row)
    threads.note(row, "note.created", by=actors.agent(by), facts={"note": note.pk})
    return note


def _known(user: User | None, client_id: str) -> Message | None:
    if user is None or not client_id:
        return None
    return Message.objects.filter(author_user=user, client_id=client_id).first()


def _filled(outgoing: Outgoing) -> Outgoing:
    """With the words that the customer will read of a template, to be sent by the template's own channel."""
    template = outgoing.template
    if template is None:
        return outgoing
    if outgoing.channel not in (None, template.channel):
        raise BadTemplate({"template": f"This template belongs to {template.channel.name}."})
    try:
        filled = templates.fill(template, outgoing.values)
    except templates.Unfit as error:
        raise BadTemplate(error.errors) from error
    return replace(outgoing, text=filled.text, values=filled.values, channel=template.channel)


def _way(conversation: Conversation, outgoing: Outgoing) -> reach.Way:
    if outgoing.channel is not None and outgoing.channel.abilities.is_spoken:
        call = outgoing.call or reach.in_call(conversation, outgoing.channel)
        if call is None:
            raise CannotReach(reach.why_not_spoken(outgoing.channel))
        return reach.Way(outgoing.channel, call.identity, True)
    if outgoing.recipients is not None and outgoing.recipients.to:
        named = addressing.way(conversation, outgoing.channel, outgoing.recipients.to[0])
        if named is None or not named.is_open:
            raise CannotReach(named.why if named else "This channel takes no addresses.")
        return named
    if outgoing.channel is None and outgoing.identity is None:
        way = reach.default_way(conversation)
        if way is None:
            raise CannotReach(reach.why_no_way(conversation))
        return way
    channels = [outgoing.channel] if outgoing.channel else list(Channel.objects.filter(desk=conversation.desk_id))
    identities = (
        [outgoing.identity]
        if outgoing.identity
        else list(conversation.customer.identities.order_by("-assurance", "-last_seen_at"))
    )
    found = [way for identity in identities for way in reach.ways(identity, channels)]
    fits = [way for way in found if way.is_open or (outgoing.template and way.takes_template)]
    best = next(iter(fits), None) or next(iter(found), None)
    if best is None:
        raise CannotReach("This channel does not reach any address of the customer.")
    # A code goes to an address that is only claimed: that is what proves it.
    if best not in fits and not outgoing.secret:
        raise CannotReach(best.why)
    if outgoing.template and outgoing.template.is_marketing and best.identity:
        refused = consent.why_stopped(best.identity, best.channel.kind, for_marketing=True)
        if refused:
            raise CannotReach(refused)
    return best


def _write(
    conversation: Conversation, outgoing: Outgoing, way: reach.Way, by: Actor, user: User | None, hold: Hold | None
) -> Message:
    state = DeliveryState.SENT if way.channel.abilities.is_own else DeliveryState.QUEUED
    leaves = {"delivery_state": state, "sent_at": timezone.now() if way.channel.abilities.is_own else None}
    call = (outgoing.call or reach.in_call(conversation, way.channel)) if way.channel.abilities.is_spoken else None
    return Message.objects.create(
        conversation=conversation,
        channel=way.channel,
        identity=way.identity,
        our_address=_our_address(conversation, way),
        call=calls.locked(call) if call else None,
        full_text=outgoing.full_text,
        direction=Message.Direction.OUTBOUND,
        author_kind=by.kind,
        author_user=user,
        author_name=by.name,
        subject=_subject(conversation, outgoing, way.identity) if way.channel.abilities.has_subject else "",
        text=outgoing.text,
        html=outgoing.html if way.channel.abilities.is_rich else "",
        template=outgoing.template,
        template_values=dict(outgoing.values) if outgoing.template else {},
        replaces=outgoing.replaces,
        client_id=outgoing.client_id,
        citations=list(outgoing.citations),
        **(leaves if hold is None else hold.fields),
    )


def _with_pictures(outgoing: Outgoing, files: list[Attachment], way: reach.Way) -> Outgoing:
    """With the pictures where the words place them, or beside words that can't hold any."""
    pictures = {one.name: one for one in reversed(files) if one.content_type.startswith("image/")}
    placed = [pictures[name] for name in inline_pictures.marked(outgoing.text) if name in pictures]
    if not placed:
        return outgoing
    if not way.channel.abilities.is_rich:
        return replace(outgoing, text=inline_pictures.unmarked(outgoing.text, set(pictures)))
    for one in placed:
        one.content_id, one.is_inline = f"{secrets.token_hex(12)}@onethread", True
    return replace(outgoing, html=inline_pictures.as_html(outgoing.text, {one.name: one.content_id for one in placed}))


def _our_address(conversation: Conversation, way: reach.Way) -> str:
    """The reply leaves from the address that was written to."""
    if not way.channel.abilities.has_recipients:
        return ""
    return recipients.answering_address(conversation, way.channel, way.identity)


def _subject(conversation: Conversation, outgoing: Outgoing, identity: Identity | None) -> str:
    """The subject of this recipient's own mails, as a reply; a code has a matter of its own."""
    brand = conversation.desk.brand or conversation.desk.name
    if outgoing.secret:
        return f"Your code for {brand}"[:300]
    mails = conversation.messages.exclude(subject="").exclude(author_kind=Message.AuthorKind.SYSTEM)
    last = mails.shown_to([identity.pk] if identity else []).order_by("-pk").first()
    if last is None and conversation.subject and not conversation.messages.said().exists():
        return conversation.subject  # begun by us: the subject is ours
    if last is None:
        return f"Your conversation with {brand}"[:300]
    return (last.subject if last.subject.lower().startswith("re:") else f"Re: {last.subject}")[:300]


def _deliver_here(message: Message) -> None:
    """Our own socket carries it as soon as it is committed."""
    Delivery.objects.create(
        message=message,
        identity=message.identity,
        channel=message.channel,
        idempotency_key=secrets.token_hex(16),
        state=DeliveryState.SENT,
    )


def _queue_for_all(message: Message, outgoing: Outgoing, conversation: Conversation, wanted: Recipients) -> None:
    """A delivery for each: one that fails keeps the others from nothing."""
    for row, identity in addressing.put(message, wanted):
        row.delivery = _queue(message, outgoing, conversation, identity)
        row.save()


def _queue_in_pieces(message: Message, outgoing: Outgoing, conversation: Conversation, files: list[Attachment]) -> None:
    """A delivery; where the provider takes one file a message, one for each piece, so that none leaves twice."""
    parts = pieces.split(message.text, [(one.pk, one.content_type) for one in files], message.channel.files)
    for part in parts:
        piece = {"is_piece": True, "has_words": part.has_words, "attachment_id": part.file}
        _queue(message, outgoing, conversation, message.identity, **piece)
    if not parts:
        _queue(message, outgoing, conversation, message.identity)


def _queue(
    message: Message, outgoing: Outgoing, conversation: Conversation, identity: Identity | None, **piece: Any
) -> Delivery:
    delivery = Delivery.objects.create(
        message=message,
        identity=identity,
        channel=message.channel,
        idempotency_key=secrets.token_hex(16),
        state=DeliveryState.HELD if message.unsaid else DeliveryState.QUEUED,
        not_before=message.held_until or outgoing.not_before or timezone.now(),
        secret={"text": outgoing.secret} if outgoing.secret else None,
        **piece,
    )
    if message.unsaid:
        return delivery
    threads.note(
        conversation, "delivery.queued", by=actors.SYSTEM, facts={"delivery": delivery.pk, "message": message.pk}
    )
    return delivery


def _settle(conversation: Conversation, message: Message, by: Actor, user: User | None) -> None:
    waited = leaving.seconds_waited(conversation)
    threads.count_in(conversation, message)
    if user is not None:
        conversation.unread_count = 0
        conversation.tier1_state = threads.after_person(conversation)
        if conversation.state == Conversation.State.SNOOZED:
            conversation.state, conversation.snoozed_until = Conversation.State.OPEN, None
    threads.save(conversation)
    leaving.tell(conversation, message, by=by, waited=waited)
