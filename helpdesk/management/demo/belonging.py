"""Which rows go with the demo. Reads only.

What is a customer's is decided by the conversation: one with a word on a channel of your own is real and
stays whole, with all it needs; one that ran over the demo's channels alone goes, whoever wrote in it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, PROTECT, Q

from ai_tier1.models import Article, Revision
from conversations.models import Channel, Conversation, Message
from customers.assurance import Assurance
from customers.models import Customer, Identity
from helpdesk.accounts.models import AuditEntry, User
from helpdesk.events.models import Event
from helpdesk.management.demo.registry import Model, Rows
from helpdesk.models import DemoRow

# These two are decided, never dragged along.
DECIDED = (Conversation, Customer)
# What hangs on one of these by a protected relation is part of it.
WHOLES = (Conversation, Message, Customer)
# A log outlives the people in it: their names leave its lines, the lines stay.
LETS_GO = {(AuditEntry, "actor")}


def going(registered: Rows) -> Rows:
    """All rows to delete, by model: those the demo made and what grew on them, less what something real needs."""
    seeds: Rows = defaultdict(set, {model: set(keys) for model, keys in registered.items()})
    seeds[Conversation] = _conversations(seeds)
    seeds[Customer] = _customers(seeds)
    seeds[Article] -= _rewritten(seeds)
    while True:
        found = _with_parts(_without_parts_of_others(seeds))
        needed = _needed(found)
        if not needed:
            return found | {Event: _events(found)}
        for model, keys in needed.items():
            seeds[model] -= keys


def _conversations(seeds: Rows) -> set[int]:
    """Those of the demo's channels alone, and the demo's own; one that was joined follows what it was joined to."""
    real = set(Message.objects.exclude(channel__in=seeds[Channel]).values_list("conversation", flat=True))
    touched = set(Message.objects.filter(channel__in=seeds[Channel]).values_list("conversation", flat=True))
    found = (seeds[Conversation] | touched) - real
    merged = dict(Conversation.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    for _ in merged:
        joined = {pk for pk, into in merged.items() if into in found and pk not in real} - found
        if not joined:
            break
        found |= joined
    return {pk for pk in found if merged.get(pk) is None or merged[pk] in found}


def _customers(seeds: Rows) -> set[int]:
    """The demo's own, and who only ever was on its channels; nobody who has anything else here."""
    others = Conversation.objects.exclude(pk__in=seeds[Conversation])
    wrote_elsewhere = Message.objects.exclude(conversation__in=seeds[Conversation])
    real = set(others.values_list("customer", flat=True))
    real |= set(wrote_elsewhere.exclude(identity=None).values_list("identity__customer", flat=True))
    came_here = Conversation.objects.filter(pk__in=seeds[Conversation]).values_list("customer", flat=True)
    # Somebody typed or imported them: they are in your books, whatever they tried in the demo.
    in_the_books = Identity.objects.filter(assurance=Assurance.VOUCHED).values_list("customer", flat=True)
    found = (seeds[Customer] | (set(came_here) - set(in_the_books))) - real
    merged = Customer.objects.exclude(merged_into=None).values_list("pk", "merged_into")
    for _ in range(len(merged)):
        joined = {pk for pk, into in merged if into in found and pk not in real} - found
        if not joined:
            break
        found |= joined
    return found


def _rewritten(seeds: Rows) -> set[int]:
    """Articles that somebody has written a version of: they hold words of yours."""
    theirs = Revision.objects.filter(article__in=seeds[Article]).exclude(pk__in=seeds[Revision])
    return set(theirs.values_list("article", flat=True))


def _without_parts_of_others(seeds: Rows) -> Rows:
    """A message stays with a conversation that stays, an identity with its customer, a revision with its article."""
    kept: Rows = defaultdict(set)
    for model, keys in seeds.items():
        kept[model] = set(keys)
        for field in _relations(model):
            if model not in DECIDED and _is_part(field) and field.related_model not in (Channel, User):
                whole = seeds.get(field.related_model, set())
                rows = model._base_manager.filter(pk__in=keys).exclude(**{field.name: None})
                kept[model] &= keys - set(rows.exclude(**{f"{field.name}__in": whole}).values_list("pk", flat=True))
    # Twice: an attachment follows its message, which may just have been taken out.
    return kept if kept == seeds else _without_parts_of_others(kept)


def _with_parts(seeds: Rows) -> Rows:
    """What hangs on these rows and can't be without them."""
    found: Rows = defaultdict(set, {model: set(keys) for model, keys in seeds.items()})
    fresh: Rows = found
    while fresh:
        further: Rows = defaultdict(set)
        for model in apps.get_models(include_auto_created=True):
            for field in _relations(model):
                keys = fresh.get(field.related_model)
                if keys and model not in DECIDED and _is_part(field):
                    hanging = model._base_manager.filter(**{f"{field.name}__in": keys})
                    further[model] |= set(hanging.values_list("pk", flat=True)) - found[model]
        fresh = {model: keys for model, keys in further.items() if keys}
        for model, keys in fresh.items():
            found[model] |= keys
    return found


def _needed(found: Rows) -> Rows:
    """Rows in ``found`` that a row outside of it points to."""
    needed: Rows = defaultdict(set)
    for model in apps.get_models(include_auto_created=True):
        if model in (DemoRow, Event):
            continue
        staying = model._base_manager.exclude(pk__in=found.get(model, set()))
        for field in _relations(model):
            keys = found.get(field.related_model)
            if keys and (model, field.name) not in LETS_GO:
                pointing = staying.filter(**{f"{field.name}__in": keys})
                needed[field.related_model] |= set(pointing.values_list(field.attname, flat=True))
        if model._meta.auto_created:
            _add_memberships(model, found, needed)
    return {model: keys for model, keys in needed.items() if keys}


def _add_memberships(through: Model, found: Rows, needed: Rows) -> None:
    """A person or a desk of yours keeps a team of the demo's; the other way round nobody is kept."""
    here, there = _relations(through)[:2]
    if keys := found.get(there.related_model):
        mixed = through._base_manager.filter(**{f"{there.name}__in": keys})
        mixed = mixed.exclude(**{f"{here.name}__in": found.get(here.related_model, set())})
        needed[there.related_model] |= set(mixed.values_list(there.attname, flat=True))


def _events(found: Rows) -> set[int]:
    """What the log tells of conversations and customers that go."""
    subjects = [f"customer:{pk}" for pk in found[Customer]]
    about = Q(conversation_id__in=found[Conversation]) | Q(subject__in=subjects)
    return set(Event.objects.filter(about).values_list("pk", flat=True))


def _relations(model: Model) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def _is_part(field: Any) -> bool:
    rule = field.remote_field.on_delete
    return rule is CASCADE or (rule is PROTECT and field.related_model in WHOLES and field.name != "merged_into")
