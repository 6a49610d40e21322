"""How allauth behaves here: people are invited by an admin, nobody signs up."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account is made by an admin."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On our own public address: the request's Host is whatever who asks for the mail made it."""
        asked_at: str = super().get_reset_password_from_key_url(key)
        return settings.PUBLIC_URL + urlsplit(asked_at).path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away is the operator's to hear of; who asked hears the same as always."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:  # SMTP's errors are among them
            logger.exception("A mail of ours could not be sent; see HELPDESK_SMTP_HOST")
