"""The past that the benchmark writes fits the tables, and mails find their way into it."""

from __future__ import annotations

import pytest
from django.db import connection

from bench.speed import stored
from conversations.models import Conversation, Message
from customers.assurance import Assurance
from tests import build

pytestmark = pytest.mark.django_db


def test_a_stored_past_is_like_one_that_came_in() -> None:
    channel = build.channel("email")
    with connection.cursor() as cursor:
        stored.write(cursor, channel.pk, first=1, last=20)
    assert Message.objects.count() == 20 * stored.MESSAGES_EACH

    address = stored.ADDRESS.format(number=20)
    answer = build.mail(channel, "And when?", sender=address, references=(stored.OURS.format(number=20),)).message

    assert answer.conversation == Conversation.objects.get(customer__name="Stored 20")
    assert answer.thread_rule == "reference"
    assert answer.identity is not None and answer.identity.assurance == Assurance.CHANNEL
