"""A chat session's dealings with the database. Synchronous; the consumer calls it off the event loop."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from channels_ingest import ledger, processing
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.models import InboundEvent
from channels_ingest.widget import rows, tokens
from conversations import not_work
from conversations.actions import people, reporting, visitors
from conversations.models import Channel, Message
from customers.addresses import normalise_email, normalise_phone
from customers.models import Identity
from helpdesk.events import log
from helpdesk.events.models import Event

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(r"\+\d[\d ()/.-]{6,22}\d")
REPLAY_LIMIT = 300
OTHERS_SECONDS, PAUSE_SECONDS = 2.0, 0.1
# What a customer's window hears of. That we write notes, or what we think of a message, is ours.
HEARD = (
    "message.created",
    "message.redacted",
    "attachment.fetched",
    "challenge.sent",
    "challenge.proved",
    "challenge.failed",
    "conversation.opened",
    "conversation.assigned",
    "conversation.resolved",
    "conversation.reopened",
    "conversation.joined",
    "tier1.handed_off",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message frame. One that is kept but not yet a message is to be asked for again."""

    message_id: int | None
    # Why there is none: a code of the consumer's texts, and the words for it where there are better ones.
    error: str = ""
    text: str = ""
    is_kept: bool = False


def find_channel(key: str) -> Channel | None:
    """The chat channel with this public key."""
    return Channel.objects.select_related("desk__opening_hours").filter(key=key, kind="chat", is_on=True).first()


def find_identity(visitor: str) -> Identity | None:
    """The visitor's identity; there is none before the first message."""
    return Identity.objects.select_related("customer").filter(kind=Identity.Kind.VISITOR, address=visitor).first()


def hello(channel: Channel, visitor: str) -> dict[str, Any]:
    """The first frame: everything this session may see, and the number of the log it is true at."""
    seq = log.last_seq()
    session = find_identity(visitor)
    conversation = rows.current(session) if session else None
    return {
        "type": "ready",
        "token": tokens.issue(visitor, channel.pk),
        "conversation": conversation.pk if conversation else None,
        "seq": seq,
        "objects": rows.everything(session, conversation) if session else [],
    }


def note_here(visitor: str) -> None:
    """The window is open."""
    session = find_identity(visitor)
    if session is not None:
        visitors.note_here(session)


def say(channel: Channel, visitor: str, token: str, client_id: str, text: str) -> Sent:
    """A message goes through the ledger like every provider's request, then is processed at once."""
    body = json.dumps({"visitor": visitor, "client_id": client_id, "text": text}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    request = RawRequest("WS", f"/ws/widget/{channel.key}/", "", headers, body, timezone.now())
    accepted = ledger.accept(channel, request)
    event = processing.process(accepted.event.pk) or _from_other_hands(accepted.event.pk)
    known = event.outcome.get("messages") or event.outcome.get("duplicates") or []
    if not known:
        return Sent(None, event.reason, is_kept=event.state == InboundEvent.State.RECEIVED)
    _heed(Message.objects.select_related("identity").get(pk=known[0]))
    return Sent(known[0])


def claim(visitor: str, address: str) -> bool:
    """Somebody gives an address of theirs: a code is sent there. The answer never tells whether it is known."""
    session, found = find_identity(visitor), find_claim(address)
    if session is None or not found:
        return False
    for kind, normalised, as_seen in found:
        people.claim_and_challenge(session, kind, normalised, as_seen=as_seen)
    return True


def verify(visitor: str, code: str) -> bool:
    """Whether a code was right."""
    session = find_identity(visitor)
    return session is not None and people.prove(session, re.sub(r"\D", "", code)[:6]) is not None


def seen(visitor: str, message_id: int) -> None:
    """The window has shown everything up to a message."""
    session = find_identity(visitor)
    unseen = Message.objects.filter(
        identity=session, pk__lte=message_id, direction="outbound", delivery_state__in=["sent", "delivered"]
    ).prefetch_related("deliveries")
    for message in unseen.order_by("-pk")[:20] if session else []:
        reporting.mark_seen(message)


def news(visitor: str, after: int) -> tuple[list[dict[str, Any]], int]:
    """The frames after a number of the log that this session may see, and the number reached."""
    newest = log.last_seq()
    session = find_identity(visitor)
    if session is None:
        return [], newest
    conversation = rows.current(session)
    concerns = Q(facts__session=session.pk)
    if conversation:
        concerns |= Q(conversation_id=conversation.pk)
    heard = Event.objects.filter(concerns, seq__gt=after, seq__lte=newest, type__in=HEARD)
    events = list(heard.order_by("seq")[:REPLAY_LIMIT])
    reached = newest if len(events) < REPLAY_LIMIT else events[-1].seq or newest
    return [_frame(event, session, conversation) for event in events], reached


def find_claim(text: str) -> list[tuple[str, str, str]]:
    """Addresses in a text: (kind, normalised, as written), one of each kind at most."""
    found: list[tuple[str, str, str]] = []
    phone = _PHONE.search(text[:2000])
    number = normalise_phone(phone.group()) if phone else None
    if phone and number:
        found.append(("phone", number, phone.group()))
    mail = _EMAIL.search(text[:2000])
    address = normalise_email(mail.group().rstrip(".")) if mail else None
    if mail and address:
        found.append(("email", address, mail.group().rstrip(".")))
    return found


def _from_other_hands(event_id: int) -> InboundEvent:
    """A repeat of what another socket is working on, or died on: wait for it a little, then do it here."""
    deadline = time.monotonic() + OTHERS_SECONDS
    while True:
        event = InboundEvent.objects.get(pk=event_id)
        if event.state != InboundEvent.State.RECEIVED:
            return event
        if time.monotonic() > deadline:
            return processing.process(event_id, at_once=True) or event
        time.sleep(PAUSE_SECONDS)


def _heed(message: Message) -> None:
    """A code typed as a message counts as the code; an address typed in one is a claim."""
    session = message.identity
    if session is None:
        return
    if message.not_work == "code" or not_work.is_code(message.text):
        code = re.sub(r"\D", "", message.text)
        if code:  # else a repeat: dots stand in its place by now
            people.prove(session, code, typed_in=message)
        return
    known = set(session.customer.identities.values_list("kind", "address"))
    known |= {
        (kind, address) for address in Channel.objects.values_list("address", flat=True) for kind in ("phone", "email")
    }
    for kind, address, as_seen in find_claim(message.text):
        if (kind, address) not in known:
            people.claim_and_challenge(session, kind, address, as_seen=as_seen)


def _frame(event: Event, session: Identity, conversation: Any) -> dict[str, Any]:
    messages = {event.facts["message"]} if isinstance(event.facts.get("message"), int) else set()
    messages |= set(event.facts.get("messages", []))
    challenges = {event.facts["challenge"]} if isinstance(event.facts.get("challenge"), int) else set()
    challenges |= set(event.facts.get("expired", []))
    return {
        "type": "event",
        "seq": event.seq,
        "event": {"type": event.type},
        "objects": rows.changed(session, conversation, messages, challenges),
        "removed": [],
    }
