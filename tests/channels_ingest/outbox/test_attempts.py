"""Each message leaves once: attempts, lookups, and what is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_ingest import outbox
from channels_ingest.models import Connection
from conversations.actions import claiming, delivering
from conversations.models import Channel, Delivery, Message
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.outbox.far_side import behave, later, log, queue, shown, status

pytestmark = pytest.mark.django_db


def test_a_reply_leaves_once_and_is_delivered(twilio: str, sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    outbox.deliver(delivery.pk)  # a task that ran twice

    (sent,) = log(twilio)["messages"]
    assert (sent["to"], sent["from"], sent["body"]) == (build.JO_PHONE, sms.address, "Your parcel is on its way.")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_message_id, delivery.attempt_count) == ("sending", sent["sid"], 1)
    status(sms, delivery, "delivered", sent["sid"])
    assert shown(delivery) == ("delivered", "")
    assert Message.objects.get(pk=delivery.message_id).sent_at is not None


def test_a_fault_of_the_providers_is_tried_again_with_growing_pauses(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 503, "times": 2}])
    delivery = queue(ada)
    pauses = []
    for _ in range(2):
        outbox.deliver(delivery.pk)
        delivery.refresh_from_db()
        assert delivery.state == "queued"
        pauses.append((delivery.not_before - timezone.now()).total_seconds())
        outbox.deliver(delivery.pk)  # too early: nothing happens
        later(delivery)
    assert 0 < pauses[0] < 3 < pauses[1] * 2
    outbox.deliver(delivery.pk)
    assert shown(delivery) == ("sending", "")
    assert len(log(twilio)["messages"]) == 1
    assert Event.objects.filter(type="delivery.retried").count() == 2


def test_the_provider_says_how_long_to_wait(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 429, "code": 20429, "headers": {"Retry-After": "77"}}])
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert 70 < (delivery.not_before - timezone.now()).total_seconds() < 78


def test_what_is_tried_too_often_fails_in_words(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 429, "code": 20429, "times": 20}])
    delivery = queue(ada)
    for _ in range(claiming.MAX_ATTEMPTS):
        outbox.deliver(later(delivery).pk)
    state, error = shown(delivery)
    assert state == "failed" and "Twilio" in error
    assert delivery.pk not in claiming.due()


def test_a_number_that_does_not_exist_fails_at_once_in_words(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 400, "code": 21211}])
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    assert shown(delivery) == ("failed", "This is not a valid phone number.")


def test_an_answer_that_was_lost_is_looked_up_and_not_sent_again(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"is_dropped": True, "is_taken": True}])
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    assert shown(delivery)[0] == "unknown"
    outbox.deliver(later(delivery).pk)
    (sent,) = log(twilio)["messages"]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_message_id) == ("sending", sent["sid"])


def test_a_message_that_never_arrived_is_sent_after_the_lookup(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"is_dropped": True}])
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    assert shown(delivery)[0] == "unknown"
    outbox.deliver(later(delivery).pk)
    assert len(log(twilio)["messages"]) == 1
    assert shown(delivery)[0] == "sending"


def test_an_older_equal_message_is_not_taken_for_the_lost_one(twilio: str, sms: Channel, ada: User) -> None:
    first = queue(ada, "Thanks!")
    outbox.deliver(first.pk)
    # Said ten minutes ago, as far as Twilio knows.
    behave(twilio, next=[{"is_dropped": True}])
    second = queue(ada, "Thanks!")
    outbox.deliver(second.pk)
    outbox.deliver(later(second).pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.provider_message_id != first.provider_message_id
    assert second.state in ("unknown", "sending")
    assert len({one["sid"] for one in log(twilio)["messages"]}) == len(log(twilio)["messages"])


def test_a_lookup_starts_where_the_attempt_began(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    before = timezone.now()
    first = claiming.claim(delivery.pk)
    assert first is not None and first[0].attempted_at is not None and first[0].attempted_at >= before
    delivering.note_unknown(delivery.pk, error="No answer", after=timedelta(0))
    again = claiming.claim(delivery.pk)
    assert again is not None
    assert again[1], "the outcome is uncertain"
    assert again[0].attempted_at == first[0].attempted_at


def test_a_worker_that_died_while_sending_is_looked_up(twilio: str, sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    claiming.claim(delivery.pk)  # and then nothing more is heard of it
    assert delivery.pk not in claiming.due()
    later(delivery)
    assert delivery.pk in claiming.due()
    outbox.deliver(delivery.pk)
    assert [one["method"] for one in log(twilio)["requests"]] == ["GET", "POST"]
    assert shown(delivery)[0] == "sending"


def test_a_worker_that_dies_each_time_does_not_try_for_ever(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    for _ in range(claiming.MAX_ATTEMPTS):
        assert claiming.claim(later(delivery).pk) is not None
    assert claiming.claim(later(delivery).pk) is None
    assert shown(delivery)[0] == "unknown"
    assert delivery.pk not in claiming.due()


def test_a_fault_of_our_own_before_sending_is_tried_again(
    sms: Channel, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise FileNotFoundError("the attachment's file is gone")

    monkeypatch.setattr(outbox, "compose", broken)
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("queued", "compose")


def test_a_channel_without_a_connection_says_so(sms: Channel, ada: User) -> None:
    Connection.objects.all().delete()
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    assert shown(delivery) == ("failed", "This channel is not connected to a provider.")


def test_an_agent_sends_a_failed_message_again(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 400, "code": 30007}])
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    old = Delivery.objects.get(pk=delivery.pk)
    assert delivering.retry(delivery.pk)
    # Late word on the attempt that failed says nothing about this one.
    status(sms, old, "failed", "SMold", ErrorCode="30003")
    outbox.deliver(delivery.pk)
    assert shown(delivery)[0] == "sending"
    assert not delivering.retry(delivery.pk)


def test_a_code_is_never_sent_again_as_dots(twilio: str, sms: Channel) -> None:
    from conversations.actions import people

    session = build.chat(build.channel("chat")).message.identity
    assert session is not None
    people.claim_and_challenge(session, "phone", build.JO_PHONE, as_seen=build.JO_PHONE)
    delivery = Delivery.objects.exclude(secret=None).get()
    behave(twilio, next=[{"status": 400, "code": 21211}])
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.secret) == ("failed", None)
    assert not delivering.retry(delivery.pk)


def test_nothing_leaves_by_a_channel_that_is_off_until_it_is_on_again(twilio: str, sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    Channel.objects.filter(pk=sms.pk).update(is_on=False)
    outbox.deliver(delivery.pk)
    assert claiming.due() == [] and log(twilio)["messages"] == []
    Channel.objects.filter(pk=sms.pk).update(is_on=True)
    assert claiming.due() == [delivery.pk]
    outbox.deliver(delivery.pk)
    assert len(log(twilio)["messages"]) == 1
