"""Files that agents add to what they write: kept from the upload on, sent once, forgotten where they never are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from conversations import file_rules
from conversations.actions.transactions import retried
from conversations.file_rules import FileFacts, FileRules
from conversations.models import Attachment, Conversation, Message, Note
from helpdesk.accounts.models import User

UNSENT_LASTS = timedelta(hours=24)
MAX_UNSENT_COUNT = 100
_SWEPT_AT_ONCE = 500


class CannotAttach(ValueError):
    """A file can't be kept or sent so. The text says why, a sentence each."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it was uploaded. Name and type are already what they may be: see the API."""

    name: str
    content_type: str
    content: File[bytes]


def keep(conversation: Conversation, file: NewFile, *, by: User) -> Attachment:
    """Store a file for a message to come. Raises CannotAttach."""
    size, largest = file.content.size, settings.MAX_UPLOAD_BYTES
    if size == 0:
        raise CannotAttach(f"{file.name}: the file is empty.")
    if size > largest:
        has, limit = file_rules.megabytes(size, up=True), file_rules.megabytes(largest)
        raise CannotAttach(f"{file.name}: a file may have up to {limit}; this one has {has}.")
    if Attachment.objects.filter(uploaded_by=by).exclude(conversation=None).count() >= MAX_UNSENT_COUNT:
        raise CannotAttach(f"You have {MAX_UNSENT_COUNT} files that are not sent yet. Send or remove some first.")
    row = Attachment(
        conversation=conversation,
        uploaded_by=by,
        name=file.name[:255] or "file",
        content_type=file.content_type[:120],
        size=size,
    )
    row.file.save("file", file.content, save=False)
    try:
        with transaction.atomic():
            row.save()
    except Exception:
        row.file.delete(save=False)
        raise
    return row


def copy(source: Attachment, conversation: Conversation, *, by: User) -> Attachment:
    """A file that was sent or received, once more, for a message to come. Raises CannotAttach."""
    with source.file.open("rb") as content:
        return keep(conversation, NewFile(source.name, source.content_type, File(content)), by=by)


@retried
def discard(attachment: Attachment) -> None:
    """Take an upload away that is not sent. One that was sent meanwhile stays."""
    row = Attachment.objects.select_for_update().filter(pk=attachment.pk).exclude(conversation=None).first()
    if row is not None:
        _forget(row)


@retried
def remove_unsent() -> int:
    """Forget what was uploaded a day ago and never sent. Returns how many files that were."""
    old = Attachment.objects.filter(created_at__lt=timezone.now() - UNSENT_LASTS).exclude(conversation=None)
    rows = list(old.select_for_update(skip_locked=True).order_by("pk")[:_SWEPT_AT_ONCE])
    for row in rows:
        _forget(row)
    return len(rows)


def chosen(
    ids: Sequence[int], conversation: Conversation, rules: FileRules | None, who: str, *, by: User | None
) -> list[Attachment]:
    """The uploads of this person with these ids, locked, as far as one message may carry them.

    Runs in the transaction that sends them; the conversation is locked. Raises CannotAttach.
    """
    if not ids:
        return []
    found = Attachment.objects.select_for_update().filter(pk__in=ids, conversation=conversation, uploaded_by=by)
    rows = {row.pk: row for row in found.order_by("pk")} if by else {}
    if set(rows) != set(ids):
        raise CannotAttach("A file is not here any more. Add it again.")
    files = [rows[one] for one in dict.fromkeys(ids)]
    against = file_rules.objections([FileFacts(row.name, row.content_type, row.size) for row in files], rules, who)
    if against:
        raise CannotAttach(" ".join(against))
    return files


def put(files: Sequence[Attachment], on: Message | Note) -> None:
    """Make uploads files of a message or a note; from then on whoever sees that sees them."""
    for row in files:
        row.conversation = None
        row.message, row.note = (on, None) if isinstance(on, Message) else (None, on)
        row.save()


def _forget(row: Attachment) -> None:
    file = row.file
    row.delete()
    # A file whose row came back with a rollback must still be there.
    transaction.on_commit(partial(file.storage.delete, file.name), robust=True)
