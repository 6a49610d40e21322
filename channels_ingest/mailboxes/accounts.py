"""Which mailboxes there are to read, when each is due, and how it fares."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from channels_ingest.adapters.email import mailbox_fields
from channels_ingest.adapters.email.mailbox import MailboxAdapter
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.backoff import Backoff
from channels_ingest.mailboxes.models import Mailbox, MailboxFolder, this_second
from channels_ingest.models import Connection

_BACKOFF = Backoff(away_seconds=10, wrong_seconds=60, longest=timedelta(minutes=15))
# A poll that began and never reported back died on the way.
POLL_LASTS = timedelta(seconds=150)


def settle() -> list[int]:
    """Give every connected mailbox its row, note changed settings, and return those that are due (connection ids)."""
    connections = Connection.objects.select_related("mailbox").filter(provider=MailboxAdapter.provider, is_active=True)
    due = []
    for connection in connections:
        mailbox = getattr(connection, "mailbox", None)
        if mailbox is None or mailbox.settings_digest != digest_of(connection):
            mailbox = adopt(connection)
        if mailbox.next_poll_at <= timezone.now():
            due.append(connection.pk)
    return due


@transaction.atomic
def adopt(connection: Connection) -> Mailbox:
    """Take over what is set now. Another account, or an earlier day to begin from, is read anew."""
    mailbox, _ = Mailbox.objects.get_or_create(connection=connection)
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    connection = Connection.objects.get(pk=connection.pk)
    account, since = account_of(connection), mailbox_fields.since(connection.settings)
    is_another = bool(mailbox.account) and account != mailbox.account
    if is_another:
        mailbox.folders.all().delete()
        user_before = mailbox.account.partition(" at ")[0]
        if mailbox.last_success_at and user_before != account.partition(" at ")[0]:
            mailbox.connected_at = this_second()
    elif since and (mailbox.since is None or since < mailbox.since):
        mailbox.folders.update(past_uid=0)
    if mailbox.settings_digest and mailbox.settings_digest != digest_of(connection):
        mailbox.access = {}
    mailbox.account, mailbox.since, mailbox.settings_digest = account, since, digest_of(connection)
    mailbox.error, mailbox.failure_count, mailbox.next_poll_at = "", 0, timezone.now()
    mailbox.save()
    return mailbox


def digest_of(connection: Connection) -> str:
    """The same as long as nothing is changed that a mailbox is read by. A refresh token changes by itself."""
    kept = {name: value for name, value in connection.credentials.items() if name != "oauth_refresh_token"}
    text = json.dumps([connection.settings, kept], sort_keys=True, default=str)
    # With our key: nobody can try passwords against it.
    return salted_hmac("channels_ingest.mailboxes", text, algorithm="sha256").hexdigest()


def account_of(connection: Connection) -> str:
    """Whose mailbox it is, and where."""
    user = str(connection.credentials.get("imap_user") or "").strip()
    return f"{user} at {str(connection.settings.get('imap_host') or '').strip().lower()}"[:600]


def claim(mailbox: Mailbox) -> None:
    """A poll begins: nobody else need think of one until it should be long over."""
    mailbox.next_poll_at = timezone.now() + POLL_LASTS
    Mailbox.objects.filter(pk=mailbox.pk).update(next_poll_at=mailbox.next_poll_at)


def note_success(mailbox: Mailbox, *, is_more: bool) -> None:
    """It was read; ``is_more`` where it isn't read to the end."""
    now = timezone.now()
    Mailbox.objects.filter(pk=mailbox.pk).update(last_polled_at=now, last_success_at=now, failure_count=0, error="")
    pause = timedelta() if is_more else timedelta(seconds=mailbox_fields.poll_seconds(mailbox.connection.settings))
    _rest(mailbox, pause)


def note_failure(mailbox: Mailbox, error: AdapterError) -> None:
    """It could not be read. Tried again after a while, each time a longer one."""
    count = mailbox.failure_count + 1
    now = timezone.now()
    Mailbox.objects.filter(pk=mailbox.pk).update(last_polled_at=now, failure_count=count, error=error.text[:400])
    _rest(mailbox, _BACKOFF.after(error, mailbox.failure_count))


def _rest(mailbox: Mailbox, pause: timedelta) -> None:
    """Until the next poll, unless one was asked for since this one began."""
    unasked = Mailbox.objects.filter(pk=mailbox.pk, next_poll_at=mailbox.next_poll_at)
    unasked.update(next_poll_at=timezone.now() + pause)


def wake(connection_id: int) -> bool:
    """Something has come: look now. False where the mailbox rests because it could not be read."""
    woken = Mailbox.objects.filter(connection=connection_id, failure_count=0)
    return bool(woken.update(next_poll_at=timezone.now()))


def problems(connection_ids: list[int]) -> dict[int, str]:
    """What is wrong with mailboxes, in sentences, by connection; those that are fine are left out."""
    found: dict[int, list[str]] = {}
    for one in Mailbox.objects.filter(connection__in=connection_ids).exclude(error=""):
        found.setdefault(one.connection_id, []).append(one.error)
    rows = MailboxFolder.objects.select_related("mailbox").filter(mailbox__connection__in=connection_ids)
    for folder in rows.filter(~Q(error="")).order_by("name"):
        found.setdefault(folder.mailbox.connection_id, []).append(f"Folder {folder.name}: {folder.error}")
    return {connection_id: " ".join(texts) for connection_id, texts in found.items()}
