"""Small files of several types, as agents send them."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.actions import uploads
from conversations.models import Attachment, Conversation
from helpdesk.accounts.models import User

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\0" * 64


def picture(size: int = 0) -> bytes:
    """A PNG, blown up to so many bytes."""
    return PNG + b"\0" * max(0, size - len(PNG))


def form_file(content: bytes = PNG, name: str = "photo.png", declared: str = "image/png") -> SimpleUploadedFile:
    """As a browser posts it."""
    return SimpleUploadedFile(name, content, content_type=declared)


def upload(by: User, to: Conversation, name: str = "photo.png", kind: str = "image/png", **more: Any) -> Attachment:
    """A file that an agent has added and not sent."""
    content = more.get("content", PNG)
    return uploads.keep(to, uploads.NewFile(name, kind, File(BytesIO(content), name=name)), by=by)
