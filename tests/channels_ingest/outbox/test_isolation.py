"""A provider that is away, or hangs, holds up its own messages and nobody else's; and it loses none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_ingest import outbox, resting, tasks
from channels_ingest.models import Connection, InboundEvent
from conversations.actions import claiming, delivering
from conversations.models import Channel, Delivery
from helpdesk import lanes
from helpdesk.accounts.models import User
from helpdesk.celery import app
from helpdesk.slots import slot
from tests import build
from tests.channels_ingest.outbox.far_side import behave, later, log, queue, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    """The wake-ups: name of the task, row, queue."""
    found: list[tuple[str, int, str]] = []
    monkeypatch.setattr(
        tasks, "enqueue", lambda task, row, *, queue="default": found.append((task.name.partition(".")[2], row, queue))
    )
    return found


def rested(channel: Channel) -> None:
    """As if the rest were over."""
    Connection.objects.filter(channel=channel).update(rests_until=timezone.now())


def test_a_provider_that_is_away_is_left_alone(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 503, "times": 20}])
    many = [queue(ada, f"Message {number}") for number in range(6)]
    for one in many:
        outbox.deliver(one.pk)

    assert len(log(twilio)["requests"]) == resting.AWAY_AFTER
    assert resting.resting_channels() == {sms.pk}
    assert [shown(one)[0] for one in many] == ["queued"] * 6
    assert "Twilio" in Connection.objects.get().error


def test_after_a_rest_one_message_goes_ahead_and_the_others_follow(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 503, "times": resting.AWAY_AFTER}])
    many = [queue(ada, f"Message {number}") for number in range(4)]
    for one in many:
        outbox.deliver(one.pk)
    rested(sms)
    assert claiming.claim(later(many[0]).pk), "on its way, and no answer yet"
    outbox.deliver(many[3].pk)
    assert shown(many[3])[0] == "queued", "one goes ahead"

    delivering.note_retry(many[0].pk, error="Busy", code="429", after=timedelta(0))
    for one in many:
        outbox.deliver(later(one).pk)
    assert [shown(one)[0] for one in many] == ["sending"] * 4
    assert resting.resting_channels() == set()


def test_rests_grow_while_nobody_answers(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 503, "times": 20}])
    delivery = queue(ada)
    rests = []
    for _ in range(9):
        rested(sms)
        outbox.deliver(later(delivery).pk)
        until = Connection.objects.get().rests_until
        rests.append(round((until - timezone.now()).total_seconds()) if until else 0)
    assert rests[1:] == sorted(rests[1:]) and rests[-1] > rests[3] > 0
    assert max(rests) <= resting.LONGEST_REST.total_seconds()


def test_an_outage_of_hours_fails_no_message(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 503, "times": 100}])
    delivery = queue(ada)
    for _ in range(claiming.MAX_ATTEMPTS * 3):
        rested(sms)
        outbox.deliver(later(delivery).pk)
    assert shown(delivery)[0] == "queued"


def test_what_waited_too_long_for_its_provider_fails_in_words(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 503, "times": 100}])
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    Delivery.objects.update(tried_since=timezone.now() - sms.abilities.patience - timedelta(minutes=1))
    outbox.deliver(later(delivery).pk)
    state, error = shown(delivery)
    assert state == "failed" and "Twilio" in error


def test_a_refused_message_says_nothing_against_the_provider(twilio: str, sms: Channel, ada: User) -> None:
    refused = {"status": 400, "code": 21211}
    behave(twilio, next=[{"status": 503, "times": 2}, refused, {"status": 503, "times": 2}])
    for one in [queue(ada, f"Message {number}") for number in range(5)]:
        outbox.deliver(one.pk)
    assert resting.resting_channels() == set()


def test_no_more_than_two_messages_of_a_channel_are_with_its_provider(sms: Channel, ada: User) -> None:
    first, second, third = (queue(ada, f"Message {number}") for number in range(3))
    other = build.channel("whatsapp")
    build.whatsapp(other)
    assert claiming.claim(first.pk, at_once=2) and claiming.claim(second.pk, at_once=2)
    assert claiming.claim(third.pk, at_once=2) is None
    Delivery.objects.filter(pk=third.pk).update(channel=other)
    assert claiming.claim(third.pk, at_once=2), "another channel's go on"


def test_those_that_were_turned_away_follow_when_the_lane_is_empty(
    twilio: str, sms: Channel, ada: User, woken: list[tuple[str, int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "waiting", lambda lane: 0)
    first, second = queue(ada, "One"), queue(ada, "Two")
    outbox.deliver(first.pk)
    assert woken == [("deliver", second.pk, lanes.lane("out", sms.pk))]


def test_a_flood_on_one_channel_adds_to_its_own_lane_alone(
    sms: Channel, woken: list[tuple[str, int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = build.channel("sms", address="+15005550009")
    for channel in (sms, other):
        for number in range(3):
            InboundEvent.objects.create(
                channel=channel, digest=str(number), is_verified=True, not_before=timezone.now()
            )
    crowded = lanes.lane("in", sms.pk)
    monkeypatch.setattr(lanes, "waiting", lambda lane: tasks.CROWDED if lane == crowded else 0)

    tasks.sweep()

    assert {queue for name, _, queue in woken if name == "process"} == {lanes.lane("in", other.pk)}


def test_the_sweeper_leaves_a_resting_channel_alone(
    sms: Channel, ada: User, woken: list[tuple[str, int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "waiting", lambda lane: 0)
    delivery = queue(ada)
    Connection.objects.update(trouble_count=3, rests_until=timezone.now() + timedelta(minutes=1))
    tasks.sweep()
    assert not woken
    rested(sms)
    tasks.sweep()
    assert woken == [("deliver", delivery.pk, lanes.lane("out", sms.pk))]


def test_a_worker_takes_its_lanes_beside_its_queue() -> None:
    taken = {}
    for queue_name in ("default", "ai"):
        worker = app.Worker(queues=[queue_name], pool="solo")
        lanes.open_lanes(instance=worker)
        taken[queue_name] = set(app.amqp.queues.consume_from)
    assert taken["default"] >= {"default", "in-0", "in-7", "out-0", "out-7"} and "turns-0" not in taken["default"]
    assert taken["ai"] == {"ai", *(lanes.lane("turns", number) for number in range(lanes.LANE_COUNT))}


def test_what_waits_for_strangers_holds_no_more_than_its_slots() -> None:
    with (
        slot("test", of=2, seconds=5) as one,
        slot("test", of=2, seconds=5) as two,
        slot("test", of=2, seconds=5) as no,
    ):
        assert (one, two, no) == (True, True, False)
    with slot("test", of=2, seconds=5) as again:
        assert again


def test_how_many_wait_in_a_lane_is_asked_of_the_broker() -> None:
    lane = "in-of-a-test"
    assert lanes.waiting(lane) == 0
    tasks.process.apply_async((0,), queue=lane)
    assert lanes.waiting(lane) == 1
