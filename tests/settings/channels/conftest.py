"""An admin at the settings."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from tests import build


@pytest.fixture
def grace() -> User:
    return build.user("Grace", User.Role.ADMIN)


@pytest.fixture
def page(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client
