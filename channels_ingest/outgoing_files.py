"""The files of a message on its way out: all of them, or the one of a piece."""

from __future__ import annotations

from channels_ingest.adapters.outgoing import OutboundAttachment
from channels_ingest.attachments import provider_url
from conversations.models import Attachment, Delivery


def files_of(delivery: Delivery) -> tuple[OutboundAttachment, ...]:
    """What goes along with a delivery. Raises FileNotFoundError where a file is lost."""
    if delivery.is_piece:
        rows = [delivery.attachment] if delivery.attachment else []
    else:
        rows = list(delivery.message.attachments.order_by("pk"))
    return tuple(_outbound(row) for row in rows if row.file)


def words_of(delivery: Delivery) -> str:
    """The text of a delivery: none for a piece that is only a file."""
    return delivery.message.text if delivery.has_words else ""


def _outbound(row: Attachment) -> OutboundAttachment:
    with row.file.open("rb") as file:
        content = file.read()
    return OutboundAttachment(row.name, row.content_type, content, url=provider_url(row), content_id=row.content_id)
