"""Who may call the API: a person's role and, for programs, the token's scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from helpdesk.accounts.models import ApiToken, User

if TYPE_CHECKING:
    from rest_framework.views import APIView


def token_allows(request: Request, scope: str) -> bool:
    """Whether the request's token, if it came with one, carries the scope. A session carries all."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes


class IsActiveAgent(BasePermission):
    """Anyone who works here; a token needs "read" to look and "write" to change."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """See the class."""
        if not isinstance(request.user, User) or not request.user.is_active:
            return False
        scope = ApiToken.Scope.READ if request.method in SAFE_METHODS else ApiToken.Scope.WRITE
        return token_allows(request, scope)


class IsAdmin(BasePermission):
    """Admins; a token needs "admin"."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """See the class."""
        is_admin = isinstance(request.user, User) and request.user.is_active and request.user.is_admin
        return is_admin and token_allows(request, ApiToken.Scope.ADMIN)


class IsAdminOrReads(IsActiveAgent):
    """Agents may look, admins may change."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """See the class."""
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        return IsAdmin().has_permission(request, view)
