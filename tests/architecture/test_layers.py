"""What the layers promise: relations point down, the web process is light."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

ROOT = Path(__file__).resolve().parents[2]
# Lowest first; the two highest stand beside each other and never touch.
LAYERS = {"accounts": 0, "events": 0, "ui": 0, "customers": 1, "conversations": 2, "channels_ingest": 3, "ai_tier1": 3}
HEAVY = ("torch", "sentence_transformers", "transformers", "numpy")


def upward(all_models: Iterable[type[models.Model]]) -> list[str]:
    """Relations from a lower layer to a higher one, or between neighbours."""
    found = []
    for model in all_models:
        mine = model._meta.app_label
        for field in model._meta.get_fields():
            if mine not in LAYERS or not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model
            other = mine if isinstance(target, str) else target._meta.app_label
            is_up = LAYERS.get(other, 0) > LAYERS[mine]
            is_aside = other != mine and LAYERS.get(other, 0) == LAYERS[mine] == 3
            if is_up or is_aside:
                found.append(f"{model._meta.label}.{field.name} -> {other}")
    return found


def test_no_relation_points_up_the_layers() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
    assert len(ours) > 20
    assert upward(ours) == []


@isolate_apps("customers", "channels_ingest", "ai_tier1")
def test_a_relation_that_points_up_or_aside_is_found() -> None:
    class Request(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "channels_ingest"

    class Person(models.Model):  # noqa: DJ008
        came_by = models.ForeignKey(Request, on_delete=models.CASCADE)

        class Meta:
            app_label = "customers"

    class Answer(models.Model):  # noqa: DJ008
        to = models.ForeignKey(Request, on_delete=models.CASCADE)

        class Meta:
            app_label = "ai_tier1"

    assert upward([Person, Answer, Request]) == [
        "customers.Person.came_by -> channels_ingest",
        "ai_tier1.Answer.to -> channels_ingest",
    ]


def test_the_web_process_does_not_import_the_model() -> None:
    program = f"import sys, helpdesk.asgi; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "[]"
