"""Who did what to the installation itself."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from helpdesk.accounts.models import AuditEntry, User


def note(
    action: str,
    subject: str,
    *,
    actor: User | None,
    request: HttpRequest | None = None,
    facts: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add a line. ``facts`` never hold a secret."""
    address = request.META.get("REMOTE_ADDR") or None if request else None
    return AuditEntry.objects.create(
        actor=actor, action=action, subject=subject[:120], ip_address=address, facts=facts or {}
    )


@receiver(user_logged_in)
def logged_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """A person logged in."""
    note("user.logged_in", f"user:{user.pk}", actor=user, request=request)


@receiver(user_logged_out)
def logged_out(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:
    """A person logged out."""
    if user is not None:
        note("user.logged_out", f"user:{user.pk}", actor=user, request=request)


@receiver(user_login_failed)
def login_failed(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody tried a wrong password. What was typed is not kept: it may be a password in the wrong field."""
    known = User.objects.active().filter(email__iexact=str(credentials.get("email", ""))).first()
    note("user.login_failed", f"user:{known.pk}" if known else "user:unknown", actor=None, request=request)
