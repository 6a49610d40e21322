"""``/api/v1/me/``: who calls."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from helpdesk.accounts.models import ApiToken, User


class MeView(APIView):
    """The person behind the session or the token."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        """Id, name, role, and what the token may do (null with a session)."""
        person = request.user
        assert isinstance(person, User)
        shown: dict[str, Any] = {"id": person.pk, "name": person.name, "email": person.email, "role": person.role}
        return Response({**shown, "scopes": request.auth.scopes if isinstance(request.auth, ApiToken) else None})
