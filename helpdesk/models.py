"""What the project itself keeps."""

from __future__ import annotations

from django.db import models


class DemoRow(models.Model):
    """One row that loading the demo made, so that removing the demo finds it and touches nothing else."""

    # Django's label of its model, such as "conversations.Message".
    model = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["model", "object_id"], name="demo_row_once"),)

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
