"""``/api/v1/me/``: who calls."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from helpdesk.accounts import preferences
from helpdesk.accounts.models import ApiToken, User


class OwnSettings(serializers.Serializer[Any]):
    """How many seconds what one sends in the inbox waits to be taken back; null: as suits the channel."""

    undo_seconds = serializers.ChoiceField(choices=User.UNDO_SECONDS, required=False, allow_null=True)


class MeView(APIView):
    """The person behind the session or the token."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        """Id, name, role, undo time (null: as suits the channel), and what the token may do (null with a session)."""
        person = request.user
        assert isinstance(person, User)
        shown: dict[str, Any] = {"id": person.pk, "name": person.name, "email": person.email, "role": person.role}
        shown["undo_seconds"] = person.undo_seconds
        return Response({**shown, "scopes": request.auth.scopes if isinstance(request.auth, ApiToken) else None})

    @extend_schema(request=OwnSettings, responses={200: dict})
    def patch(self, request: Request) -> Response:
        """Change one's own undo time."""
        person = request.user
        assert isinstance(person, User)
        wish = OwnSettings(data=request.data)
        wish.is_valid(raise_exception=True)
        if "undo_seconds" in wish.validated_data:
            preferences.set_undo(person, wish.validated_data["undo_seconds"])
        return self.get(request)
