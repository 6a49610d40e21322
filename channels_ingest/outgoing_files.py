"""The files of a message on its way out: all of them, or the one of a piece."""

from __future__ import annotations

from channels_ingest.adapters.outgoing import OutboundAttachment
from channels_ingest.attachments import provider_url
from conversations.models import Attachment, Delivery, Message


def files_of(delivery: Delivery) -> tuple[OutboundAttachment, ...]:
    """What goes along with a delivery. Raises FileNotFoundError where a file is lost."""
    if delivery.is_piece:
        rows = [delivery.attachment] if delivery.attachment else []
    else:
        rows = [*delivery.message.attachments.order_by("pk"), *_carried(delivery.message)]
    return tuple(_outbound(row) for row in rows if row.file)


def _carried(message: Message) -> list[Attachment]:
    """What a mail brings along from a chat, as far as there is room beside its own."""
    rules = message.channel.files
    left = rules.max_total_bytes - sum(one.size for one in message.attachments.all()) if rules else 0
    found = []
    for one in Attachment.objects.filter(message__mailed_with=message).order_by("pk"):
        if one.file and one.size <= left:
            found.append(one)
            left -= one.size
    return found


def words_of(delivery: Delivery) -> str:
    """The text of a delivery: none for a piece that is only a file."""
    return delivery.message.text if delivery.has_words else ""


def _outbound(row: Attachment) -> OutboundAttachment:
    with row.file.open("rb") as file:
        content = file.read()
    return OutboundAttachment(row.name, row.content_type, content, url=provider_url(row), content_id=row.content_id)
