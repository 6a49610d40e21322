"""API tokens: made once, shown once, compared by digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from helpdesk.accounts import audit
from helpdesk.accounts.models import ApiToken, User

MARK = "ot_"
# Writing the time of each use would cost a row lock per request; once a minute says enough.
USE_NOTED_EVERY = timedelta(minutes=1)


def digest(key: str) -> str:
    """What is stored of a key. Keys are random, so a plain hash can't be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()


def issue(
    user: User, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None, key: str = ""
) -> tuple[ApiToken, str]:
    """A new token and its key, which can't be read again later."""
    key = key or MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, prefix=key[:10], digest=digest(key), scopes=list(scopes), expires_at=expires_at
    )
    audit.note("api_token.issued", f"api_token:{token.pk}", actor=user, facts={"scopes": token.scopes})
    return token, key


def find(key: str) -> ApiToken | None:
    """The living token with this key, its use noted."""
    token = ApiToken.objects.select_related("user").filter(digest=digest(key), revoked_at=None).first()
    now = timezone.now()
    if token is None or not token.user.is_active or (token.expires_at and token.expires_at <= now):
        return None
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's owner; None where no bearer token was sent."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        token = find(words[1].decode("latin-1")) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed("This API token is unknown, expired or revoked.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes a missing log-in answer 401, not 403."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the OpenAPI schema how to authenticate."""

    target_class = "helpdesk.accounts.api_tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}
