"""A desk that texts, one agent, and her calls."""

from __future__ import annotations

import pytest

from conversations.models import Channel, Conversation
from helpdesk.accounts.models import User
from tests import build
from tests.conversations.api.calling import Api


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def api(ada: User) -> Api:
    return Api(ada)


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


@pytest.fixture
def conversation(sms: Channel) -> Conversation:
    return build.sms(sms).message.conversation


@pytest.fixture
def mailed() -> Conversation:
    """Jo's mail with Kim in Cc."""
    mail = build.channel("email")
    cc = build.people("kim@customer.example")
    return build.mail(mail, rfc_message_id="<first@customer.example>", cc=cc).message.conversation
