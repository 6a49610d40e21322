"""Takes the demo away again: one transaction, everything or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from ai_tier1.models import Article
from conversations.models import Attachment, Channel, Conversation
from customers.models import Customer
from helpdesk import realtime
from helpdesk.accounts import audit
from helpdesk.accounts.models import User
from helpdesk.management.demo import belonging, kept, loading_lock, registry
from helpdesk.models import DemoRow


@transaction.atomic
def remove(data_dir: Path, *, by: User | None = None) -> dict[str, int]:
    """Delete what the demo made and what grew on it; how many rows, by model.

    What something of yours needs stays: a colleague who answered a customer of yours (who can't log in any
    more), a channel in a conversation of yours (switched off). Where the demo has the only admin, that log-in
    becomes yours.
    """
    loading_lock.hold()
    _hold_still()
    registered = registry.rows()
    mine = _only_admin(registered[User], by)
    registered[User] -= mine
    found = belonging.going(registered)
    attachments = Attachment.objects.filter(pk__in=found.get(Attachment, ())).exclude(file="")
    files = [row.file for row in attachments]
    removed = {model._meta.label: _delete(model, keys) for model, keys in found.items() if keys}
    _retire(registered, found)
    DemoRow.objects.all().delete()
    actor = User.objects.filter(pk=by.pk).first() if by else None
    audit.note("demo.removed", "demo", actor=actor, facts={"row_count": sum(removed.values())})
    with connection.cursor() as cursor:
        # Whatever was overlooked fails here, and all of it is undone.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    transaction.on_commit(lambda: _forget(data_dir, files, keeps_admin=bool(mine)))
    return removed


def _hold_still() -> None:
    """Nobody adds to what may go while it is being looked for. Customers before conversations, as everywhere."""
    for model in (Customer, Conversation, Channel, Article, User):
        list(model._base_manager.select_for_update().order_by("pk").values_list("pk"))


def _only_admin(people: set[Any], by: User | None) -> set[int]:
    """The demo's admin where there is no other: whoever asks, else the first."""
    admins = User.objects.active().filter(role=User.Role.ADMIN)
    if admins.exclude(pk__in=people).exists():
        return set()
    asks = admins.filter(pk=by.pk).first() if by else None
    return {row.pk for row in (asks or admins.order_by("pk").first(),) if row}


def _delete(model: type[models.Model], keys: set[Any]) -> int:
    """Straight from the table, in any order: constraints are looked at when all of it is done."""
    for liner, name in belonging.LETS_GO:
        if liner._meta.get_field(name).related_model is model:
            liner._base_manager.filter(**{f"{name}__in": keys}).update(**{name: None})
    return model._base_manager.filter(pk__in=keys)._raw_delete(connection.alias)


def _retire(registered: registry.Rows, found: registry.Rows) -> None:
    """What had to stay does nothing any more."""
    Channel.objects.filter(pk__in=registered[Channel] - found.get(Channel, set())).update(is_on=False)
    User.objects.filter(pk__in=registered[User] - found.get(User, set())).update(is_active=False)


def _forget(data_dir: Path, files: Iterable[Any], *, keeps_admin: bool) -> None:
    facts = kept.read(data_dir)
    if keeps_admin and "admin" in facts:
        # Known again should the demo be loaded again: the password is not drawn anew.
        kept.write(data_dir, {"admin": facts["admin"]})
    else:
        kept.path(data_dir).unlink(missing_ok=True)
    for file in files:
        file.delete(save=False)
    # Nothing in the log tells open inboxes what was never real.
    realtime.send(realtime.LOG, {"type": "log.restart"})
