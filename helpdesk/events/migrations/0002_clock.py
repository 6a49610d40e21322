from typing import Any

from django.db import migrations


def start(apps: Any, schema_editor: Any) -> None:
    apps.get_model("events", "EventClock").objects.create(last=0)


class Migration(migrations.Migration):
    """The one row that numbers events."""

    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
