"""Which rows the demo made: noted while they are made, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.signals import post_save

from helpdesk.events.models import Follower
from helpdesk.models import DemoRow

Model = type[models.Model]
Rows = dict[Model, set[Any]]
# The product's own, whoever happened to make them first: a follower that is gone would begin the log anew.
OURS = (DemoRow, Follower)


@contextmanager
def noting() -> Iterator[None]:
    """Everything that is saved for the first time inside the block is the demo's."""
    made: list[DemoRow] = []

    def note(sender: Model, instance: models.Model, created: bool, **_: Any) -> None:
        if created and sender not in OURS:
            made.append(DemoRow(model=sender._meta.label, object_id=str(instance.pk)))

    post_save.connect(note, weak=False, dispatch_uid="demo.registry")
    try:
        yield
    finally:
        post_save.disconnect(dispatch_uid="demo.registry")
    DemoRow.objects.bulk_create(made, ignore_conflicts=True)


def rows() -> Rows:
    """The keys of the rows that the demo made, by model; some may be gone meanwhile."""
    found: Rows = defaultdict(set)
    known = {model._meta.label: model for model in apps.get_models()}
    for label, key in DemoRow.objects.values_list("model", "object_id"):
        if model := known.get(label):
            found[model].add(model._meta.pk.to_python(key))
    return found


def is_loaded() -> bool:
    """Whether there is a demo to remove."""
    return DemoRow.objects.exists()
