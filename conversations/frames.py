"""From events to what a screen has to change: each event joined with the current rows of what it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from conversations import public
from conversations.models import Channel, Conversation, Desk, Handoff, Message, Note
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.events.models import Event

LIMIT = 500


@dataclass(slots=True)
class _Wanted:
    conversations: set[int] = field(default_factory=set)
    messages: set[int] = field(default_factory=set)
    notes: set[int] = field(default_factory=set)
    handoffs: set[int] = field(default_factory=set)
    customers: set[int] = field(default_factory=set)


def after(seq: int, user: User, *, limit: int = LIMIT) -> list[dict[str, Any]]:
    """The frames that take a screen from ``seq`` to now, for what this person may see."""
    desks = set(Desk.objects.visible_to(user).values_list("pk", flat=True))
    events = list(Event.objects.filter(seq__gt=seq).filter(_may_see(desks)).order_by("seq")[:limit])
    return build(events, desks)


def build(events: list[Event], desks: set[int]) -> list[dict[str, Any]]:
    """Frames for these events, with a handful of queries for them all."""
    wanted = [_wanted(event) for event in events]
    rows = _load(wanted, desks)
    return [_frame(event, want, rows) for event, want in zip(events, wanted, strict=True)]


def _may_see(desks: set[int]) -> Q:
    # What happens to a customer is told at every desk; its conversations only at theirs.
    return Q(desk_id__in=desks) | Q(desk_id=None)


def _wanted(event: Event) -> _Wanted:
    facts = event.facts
    wanted = _Wanted()
    if event.conversation_id:
        wanted.conversations.add(event.conversation_id)
    for name, ids in (("message", wanted.messages), ("note", wanted.notes), ("handoff", wanted.handoffs)):
        if isinstance(facts.get(name), int):
            ids.add(facts[name])
        ids.update(one for one in facts.get(name + "s", []) if isinstance(one, int))
    for name in ("customer", "merged"):
        if isinstance(facts.get(name), int):
            wanted.customers.add(facts[name])
    if isinstance(facts.get("joined"), int):
        wanted.conversations.add(facts["joined"])
    return wanted


def _load(wanted: Iterable[_Wanted], desks: set[int]) -> dict[tuple[str, int], dict[str, Any]]:
    """Every named row by (kind, id); one that is gone for screens is marked with "gone"."""
    wanted = list(wanted)
    conversation_ids = {one for want in wanted for one in want.conversations}
    customer_ids = {one for want in wanted for one in want.customers}
    rows: list[dict[str, Any]] = []
    touched: set[int] = set(customer_ids)
    for conversation in conversations(Conversation.objects.filter(pk__in=conversation_ids, desk__in=desks)):
        touched.add(conversation.customer_id)
        rows.append({**public.conversation(conversation), "gone": conversation.merged_into_id is not None})
    rows += [public.message(one) for one in messages(_in(Message, wanted, "messages", desks))]
    rows += [public.note(one) for one in notes(_in(Note, wanted, "notes", desks))]
    rows += [public.handoff(one) for one in _in(Handoff, wanted, "handoffs", desks)]
    gone = [row["id"] for row in rows if row.get("gone")]
    told = Event.objects.filter(conversation_id__in=gone, type__in=public.ENTRIES)
    rows += [{**public.entry(one), "gone": True} for one in told]
    channels = list(Channel.objects.filter(desk__in=desks).order_by("pk"))
    for customer in customers(Customer.objects.filter(pk__in=touched)):
        rows.append({**public.customer(customer, channels), "gone": customer.merged_into_id is not None})
    return {(row["kind"], row["id"]): row for row in rows}


def _frame(event: Event, wanted: _Wanted, rows: dict[tuple[str, int], dict[str, Any]]) -> dict[str, Any]:
    named = [("conversation", one) for one in sorted(wanted.conversations)]
    named += [("message", one) for one in sorted(wanted.messages)]
    named += [("note", one) for one in sorted(wanted.notes)]
    named += [("handoff", one) for one in sorted(wanted.handoffs)]
    named += [("customer", one) for one in sorted(wanted.customers)]
    for conversation_id in wanted.conversations:
        conversation = rows.get(("conversation", conversation_id))
        if conversation and ("customer", conversation["customer"]["id"]) not in named:
            named.append(("customer", conversation["customer"]["id"]))
    # A conversation that is gone takes the lines of its history with it.
    left = {key[1] for key in named if key[0] == "conversation" and rows.get(key, {}).get("gone")}
    named += [key for key, row in rows.items() if key[0] == "entry" and row["conversation"] in left]
    found = [rows[key] for key in named if key in rows]
    objects = [{name: value for name, value in row.items() if name != "gone"} for row in found if not row.get("gone")]
    if event.type in public.ENTRIES and event.conversation_id and event.conversation_id not in left:
        objects.append(public.entry(event))
    return {
        "type": "event",
        "seq": event.seq,
        "event": {
            "type": event.type,
            "conversation": event.conversation_id,
            "actor": {"kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name},
            "facts": event.facts,
            "at": public.at(event.created_at),
        },
        "objects": objects,
        "removed": [
            {"kind": row["kind"], "id": row["id"], "version": row["version"]} for row in found if row.get("gone")
        ],
    }


def conversations(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """With all that a row shows."""
    return rows.select_related("customer", "assignee", "team").prefetch_related("customer__identities", "participants")


def messages(rows: QuerySet[Message]) -> QuerySet[Message]:
    """With all that a row shows."""
    return rows.select_related("channel", "identity", "template", "replaced_by__channel").prefetch_related(
        "attachments", "recipients__delivery", Prefetch("carried", Message.objects.only("pk", "mailed_with"))
    )


def notes(rows: QuerySet[Note]) -> QuerySet[Note]:
    """With all that a row shows."""
    return rows.prefetch_related("attachments")


def customers(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """With all that a row shows."""
    return rows.prefetch_related(
        Prefetch("identities"),
        "identities__consents",
        "identities__presence",
        "identities__asked_challenges__identity__customer",
    )


def _in(model: Any, wanted: Iterable[_Wanted], name: str, desks: set[int]) -> Any:
    ids = {one for want in wanted for one in getattr(want, name)}
    return model.objects.filter(pk__in=ids, conversation__desk__in=desks)
