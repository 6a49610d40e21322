"""How allauth behaves here: people are invited by an admin, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account is made by an admin."""
        return False
