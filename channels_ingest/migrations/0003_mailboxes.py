# Where we stand in the mailboxes that we read.

import channels_ingest.mailboxes.models
import django.db.models.deletion
import django.utils.timezone
import helpdesk.secrets
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels_ingest', '0002_call_turns'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('connected_at', models.DateTimeField(default=channels_ingest.mailboxes.models.this_second)),
                ('settings_digest', models.CharField(blank=True, max_length=64)),
                ('account', models.CharField(blank=True, max_length=600)),
                ('since', models.DateField(null=True)),
                ('next_poll_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_polled_at', models.DateTimeField(null=True)),
                ('last_success_at', models.DateTimeField(null=True)),
                ('failure_count', models.IntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('access', helpdesk.secrets.EncryptedJSONField(default=dict)),
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mailbox', to='channels_ingest.connection')),
            ],
        ),
        migrations.CreateModel(
            name='MailboxFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('uid_validity', models.BigIntegerField(null=True)),
                ('last_uid', models.BigIntegerField(default=0)),
                ('past_uid', models.BigIntegerField(default=0)),
                ('past_until', models.BigIntegerField(default=0)),
                ('careful_from', models.BigIntegerField(default=0)),
                ('careful_until', models.BigIntegerField(default=0)),
                ('last_read_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('mailbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='channels_ingest.mailbox')),
            ],
        ),
        migrations.CreateModel(
            name='MailPutAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.BigIntegerField()),
                ('attempt_count', models.SmallIntegerField(default=1)),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('folder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='put_aside', to='channels_ingest.mailboxfolder')),
            ],
        ),
        migrations.AddIndex(
            model_name='mailbox',
            index=models.Index(fields=['next_poll_at'], name='mailbox_due'),
        ),
        migrations.AddConstraint(
            model_name='mailboxfolder',
            constraint=models.UniqueConstraint(fields=('mailbox', 'name'), name='mailbox_folder_once'),
        ),
        migrations.AddConstraint(
            model_name='mailputaside',
            constraint=models.UniqueConstraint(fields=('folder', 'uid'), name='mail_put_aside_once'),
        ),
    ]
