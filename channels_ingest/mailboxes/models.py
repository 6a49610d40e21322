"""Where we stand in the mailboxes that we read."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone

from helpdesk.secrets import EncryptedJSONField


def this_second() -> datetime:
    """Now, as exactly as IMAP dates mails."""
    return timezone.now().replace(microsecond=0)


class Mailbox(models.Model):
    """The mailbox of a connection. Mail that came before ``connected_at`` is history."""

    connection = models.OneToOneField("channels_ingest.Connection", on_delete=models.CASCADE, related_name="mailbox")
    connected_at = models.DateTimeField(default=this_second)
    # What was set when we last looked at it: other settings are tried at once.
    settings_digest = models.CharField(max_length=64, blank=True)
    # Host and user: another account is another mailbox.
    account = models.CharField(max_length=600, blank=True)
    # Mail from this day on is brought in; empty: from ``connected_at`` on.
    since = models.DateField(null=True)
    next_poll_at = models.DateTimeField(default=timezone.now)
    last_polled_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    failure_count = models.IntegerField(default=0)
    # Why it can't be read, in a sentence; empty where it can.
    error = models.CharField(max_length=400, blank=True)
    # With OAuth: {"token", "expires_at" (seconds since 1970)}.
    access = EncryptedJSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["next_poll_at"], name="mailbox_due"),)

    def __str__(self) -> str:
        return f"mailbox {self.account or self.pk}"


class MailboxFolder(models.Model):
    """How far one folder is read. UIDs mean something only together with ``uid_validity``.

    What came since the folder was first opened is read from ``last_uid`` on. What lay in it before is read
    beside that, from ``past_uid`` to ``past_until``: a long past keeps no new mail waiting.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    past_uid = models.BigIntegerField(default=0)
    past_until = models.BigIntegerField(default=0)
    # Asking about these all at once broke the session: they are asked about one by one.
    careful_from = models.BigIntegerField(default=0)
    careful_until = models.BigIntegerField(default=0)
    last_read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["mailbox", "name"], name="mailbox_folder_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def has_unread_past(self) -> bool:
        """Whether older mail is still to be brought in."""
        return self.past_uid < self.past_until

    @property
    def standing(self) -> tuple[int | None, ...]:
        """Equal as long as nothing gets on."""
        return (self.uid_validity, self.last_uid, self.past_uid, self.careful_from, self.careful_until)


class MailPutAside(models.Model):
    """A mail that could not be fetched. It keeps no other waiting, and is tried again by itself."""

    folder = models.ForeignKey(MailboxFolder, on_delete=models.CASCADE, related_name="put_aside")
    uid = models.BigIntegerField()
    attempt_count = models.SmallIntegerField(default=1)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["folder", "uid"], name="mail_put_aside_once"),)

    def __str__(self) -> str:
        return f"UID {self.uid} in {self.folder}"
