"""``/api/v1/attachments/``: files for messages to come."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from channels_ingest.adapters.email.headers import safe_file_name
from channels_ingest.adapters.media_types import named_after, real_type
from conversations import public
from conversations.actions import uploads
from conversations.actions.uploads import CannotAttach, NewFile
from conversations.api import schemas
from conversations.api.base import Rows, whole_number
from conversations.models import Attachment, Conversation

# As much as tells one type from another.
_HEAD_BYTES = 64 * 1024
_BRACKETS = str.maketrans("[]", "()")


class AttachmentViewSet(Rows):
    """The caller's own files that are not sent yet. Nobody else sees them; after a day they are forgotten."""

    serializer_class = schemas.NewAttachment

    def get_queryset(self) -> QuerySet[Attachment]:
        """Filtered by ``conversation``."""
        found = Attachment.objects.unsent_of(self.person)
        wanted = whole_number(self.request.query_params, "conversation")
        return found.filter(conversation=wanted) if wanted is not None else found

    def row(self, found: Attachment) -> dict[str, Any]:
        """See public."""
        return {**public.attachment(found), "conversation": found.conversation_id}

    @extend_schema(request={"multipart/form-data": schemas.NewAttachment})
    def create(self, request: Request, **_: Any) -> Response:
        """Keep a file. It is sent by its ``id``, once, with ``conversations/{id}/messages/``."""
        serializer = schemas.NewAttachment(data=request.data)
        serializer.is_valid(raise_exception=True)
        wish = dict(serializer.validated_data)
        visible = Conversation.objects.visible_to(self.person)
        conversation = visible.filter(pk=wish["conversation"], merged_into=None).first()
        if conversation is None:
            raise ValidationError({"conversation": ["There is no such conversation here."]})
        try:
            row = self._kept(conversation, wish)
        except CannotAttach as error:
            raise ValidationError({"file": [str(error)]}) from error
        return Response(self.row(row), status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, **_: Any) -> Response:
        """Take a file away again."""
        uploads.discard(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _kept(self, conversation: Conversation, wish: dict[str, Any]) -> Attachment:
        if "file" in wish:
            return uploads.keep(conversation, _read(wish["file"]), by=self.person)
        source = Attachment.objects.readable_by(self.person).filter(pk=wish["copy_of"]).exclude(file="").first()
        if source is None:
            raise ValidationError({"copy_of": ["There is no such file here."]})
        return uploads.copy(source, conversation, by=self.person)


def _read(file: UploadedFile) -> NewFile:
    """A file with the type that its bytes have and a name that no reader can be fooled by."""
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    content_type = real_type(head, file.content_type or "")
    # Square brackets mark places in a text.
    name = (safe_file_name(file.name or "") or "file").translate(_BRACKETS)
    is_known = content_type != "application/octet-stream"
    if is_known and mimetypes.guess_type(name)[0] != content_type:
        name = named_after(name, content_type)
    return NewFile(name, content_type, file)
