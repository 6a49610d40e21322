"""The state of a screen at one point of the log. Frames after ``seq`` bring it up to date."""

from __future__ import annotations

from typing import Any

from conversations import frames, public
from conversations.models import Channel, Conversation, Desk
from conversations.pages import page_of
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from helpdesk.events import log
from helpdesk.events.models import Event

VIEWS = ("mine", "unassigned", "all", "ai", "resolved")
COUNT_CAP = 100
THREAD_CAP = 300


def of_inbox(user: User, view: str, *, conversation_id: int | None = None, before: str = "") -> dict[str, Any]:
    """All that the inbox needs for its first paint, in one piece.

    The number of the log is read first: what is committed while the rest is read comes again as a
    frame, and a newer version wins.
    """
    seq = log.last_seq()
    page = page_of(Conversation.objects.visible_to(user).in_view(view, user), before)
    objects = [public.conversation(one) for one in page.rows]
    thread = None
    if conversation_id is not None:
        thread = Conversation.objects.visible_to(user).filter(pk=conversation_id).first()
        if thread is not None:
            objects += of_thread(user, thread)
    return {
        "seq": seq,
        "view": view,
        "conversation": thread.pk if thread else None,
        "objects": _once(objects),
        "next": page.next,
        "counts": counts(user),
        **around(user),
    }


def of_thread(user: User, conversation: Conversation) -> list[dict[str, Any]]:
    """One conversation with everything said in it, its customer, and the customer's other conversations."""
    visible = Conversation.objects.visible_to(user)
    siblings = frames.conversations(visible.filter(customer=conversation.customer_id).order_by("-last_message_at")[:50])
    channels = Channel.objects.visible_to(user).order_by("pk")
    customer = frames.customers(Customer.objects.filter(pk=conversation.customer_id)).get()
    said = frames.messages(conversation.messages.order_by("-pk")[:THREAD_CAP])
    told = Event.objects.filter(conversation_id=conversation.pk, type__in=public.ENTRIES).exclude(seq=None)
    own = frames.conversations(visible.filter(pk=conversation.pk))
    return [
        *[public.conversation(one) for one in own],
        *[public.conversation(one) for one in siblings if one.pk != conversation.pk],
        public.customer(customer, channels),
        *[public.message(one) for one in reversed(said)],
        *[public.note(one) for one in frames.notes(conversation.notes.order_by("pk"))],
        *[public.handoff(one) for one in conversation.handoffs.order_by("pk")],
        *[public.entry(one) for one in told.order_by("-seq")[:THREAD_CAP]],
    ]


def earlier(conversation: Conversation, before: int) -> list[dict[str, Any]]:
    """The messages before one of a long thread, and what happened around them; empty at its beginning."""
    newest = conversation.messages.filter(pk__lt=before).order_by("-pk")[:THREAD_CAP]
    said = list(frames.messages(newest))[::-1]
    if not said:
        return []
    told = Event.objects.filter(conversation_id=conversation.pk, type__in=public.ENTRIES).exclude(seq=None)
    since = {} if len(said) < THREAD_CAP else {"created_at__gte": said[0].created_at}
    until = conversation.messages.filter(pk=before).values_list("created_at", flat=True).first()
    around_them = told.filter(**since, **({"created_at__lte": until} if until else {}))
    entries = around_them.order_by("-seq")[:THREAD_CAP]
    return [*[public.message(one) for one in said], *[public.entry(one) for one in entries]]


def counts(user: User) -> dict[str, int]:
    """How many each view holds, counted no further than the cap."""
    visible = Conversation.objects.visible_to(user)
    return {
        view: len(visible.in_view(view, user).order_by().values_list("pk", flat=True)[:COUNT_CAP]) for view in VIEWS
    }


def around(user: User) -> dict[str, Any]:
    """Who and what there is to choose from."""
    channels = Channel.objects.visible_to(user).select_related("desk__opening_hours").order_by("pk")
    desks = Desk.objects.visible_to(user).order_by("pk")
    return {
        "me": {
            "id": user.pk,
            "name": user.name,
            "role": user.role,
            "theme": user.theme,
            "single_keys": user.has_single_keys,
            "undo_seconds": user.undo_seconds,
        },
        "agents": [{"id": one.pk, "name": one.name} for one in User.objects.active().order_by("name")],
        "teams": [{"id": one.pk, "name": one.name} for one in Team.objects.order_by("name")],
        "desks": [{"id": one.pk, "name": one.name} for one in desks],
        "channels": [public.channel(one) for one in channels],
    }


def _once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(row["kind"], row["id"]): row for row in rows}.values())
