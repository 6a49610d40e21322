"""Taking back against leaving, on connections of their own: exactly one of them wins."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from conversations.actions import actors, claiming, scheduling
from conversations.models import Delivery, Message
from tests import build
from tests.conversations.waiting_to_leave import again, stood, tomorrow, write
from tests.races import at_once
from tests.transactional import commits

pytestmark = commits


def due(message: Message) -> int:
    Delivery.objects.filter(message=message).update(not_before=timezone.now() - timedelta(seconds=1))
    return int(message.delivery.pk)


@pytest.mark.parametrize("round_number", range(6))
def test_taken_back_or_left_but_never_both(round_number: int) -> None:
    ada = build.user("Ada")
    conversation = build.sms(build.channel("sms")).message.conversation
    message = write(ada, conversation)
    delivery = due(message)

    def cancel() -> bool:
        try:
            return bool(scheduling.cancel(message, by=actors.agent(ada)))
        except scheduling.HasLeft:
            return False

    def leave() -> bool:
        return claiming.claim(delivery) is not None

    racing: list[Any] = [cancel, leave] if round_number % 2 else [leave, cancel]
    assert sorted(at_once(racing)) == [False, True]
    row = again(message)
    is_gone = row.unsaid == "taken_back"
    assert Delivery.objects.get().state == ("cancelled" if is_gone else "sending")
    assert (stood(conversation)["waiting_since"] is not None) == is_gone


@pytest.mark.parametrize("round_number", range(4))
def test_the_customers_word_stops_it_or_comes_after_it(round_number: int) -> None:
    ada = build.user("Ada")
    sms = build.channel("sms")
    conversation = build.sms(sms).message.conversation
    message = write(ada, conversation, send_at=tomorrow())
    delivery = due(message)
    left, _ = at_once([lambda: claiming.claim(delivery) is not None, lambda: build.sms(sms, "It is here!")])
    row = again(message)
    assert row.unsaid == ("" if left else "wrote_first")
    assert Delivery.objects.get().state == ("sending" if left else "cancelled")
    assert stood(conversation)["message_count"] == (3 if left else 2)
    assert stood(conversation)["waiting_since"] is not None or left


def test_two_agents_who_take_back_at_once_do_it_once() -> None:
    from helpdesk.events.models import Event

    ada, lin = build.user("Ada"), build.user("Lin")
    message = write(ada, build.sms(build.channel("sms")).message.conversation)
    rows = at_once([partial(scheduling.cancel, message, by=actors.agent(one)) for one in (ada, lin)])
    assert [row.unsaid for row in rows] == ["taken_back", "taken_back"]
    assert Event.objects.filter(type="message.cancelled").count() == 1


def test_two_workers_at_once_let_it_leave_once() -> None:
    ada = build.user("Ada")
    message = write(ada, build.sms(build.channel("sms")).message.conversation)
    delivery = due(message)
    claimed = at_once([lambda: claiming.claim(delivery)] * 4)
    assert len([one for one in claimed if one]) == 1
    assert Message.objects.said().filter(pk=message.pk).count() == 1
    assert stood(message.conversation)["message_count"] == 2
