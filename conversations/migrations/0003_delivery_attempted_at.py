from django.db import migrations, models


class Migration(migrations.Migration):
    """Look up a lost answer from the moment of its attempt on."""

    dependencies = [("conversations", "0002_conversation_number")]
    operations = [
        migrations.AddField("delivery", "attempted_at", models.DateTimeField(null=True)),
    ]
