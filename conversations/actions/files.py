"""Files of messages: kept under random names, outside the web root."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files.base import ContentFile

from conversations.actions import threads
from conversations.actions.actors import SYSTEM
from conversations.actions.transactions import retried
from conversations.models import Attachment, Message


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A file that came along; without content it is fetched later from ``source_url``."""

    name: str
    content_type: str
    content: bytes | None
    source_url: str = ""
    content_id: str = ""
    is_inline: bool = False


def keep(message: Message, file: ArrivedFile) -> Attachment:
    """Store a file with its message."""
    row = Attachment(
        message=message,
        name=file.name[:255] or "file",
        content_type=file.content_type[:120],
        content_id=file.content_id[:255],
        is_inline=file.is_inline,
        source_url=file.source_url,
    )
    if file.content is not None:
        row.size = len(file.content)
        row.file.save("file", ContentFile(file.content), save=False)
    row.save()
    return row


@retried
def complete(attachment_id: int, *, content: bytes, content_type: str, name: str) -> None:
    """Add the content that was fetched from the provider after the message came."""
    row = Attachment.objects.select_for_update().get(pk=attachment_id)
    if row.file:
        return
    row.size, row.content_type, row.error = len(content), content_type[:120], ""
    row.name = name[:255] or row.name
    row.file.save("file", ContentFile(content), save=False)
    row.save()
    _tell(row)


@retried
def give_up(attachment_id: int, why: str) -> None:
    """Say on the message that a file could not be had."""
    row = Attachment.objects.select_for_update().get(pk=attachment_id)
    row.error = why[:300]
    row.save(update_fields=["error"])
    _tell(row)


def _tell(row: Attachment) -> None:
    assert row.message is not None  # only what came in is fetched
    conversation = threads.lock(row.message.conversation_id)
    message = Message.objects.select_for_update().get(pk=row.message.pk)
    message.version += 1
    message.save(update_fields=["version"])
    threads.note(conversation, "attachment.fetched", by=SYSTEM, facts={"message": message.pk, "error": row.error})
