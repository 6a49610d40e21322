from django.db import migrations


class Migration(migrations.Migration):
    """Numbers that people read out: given in order of opening, never twice."""

    dependencies = [("conversations", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE conversation_number START 1001", "DROP SEQUENCE conversation_number"
        )
    ]
