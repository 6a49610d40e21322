"""STOP, and the providers' word on what we sent, in any order."""

from __future__ import annotations

import httpx
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels_ingest import outbox, processing
from channels_ingest.models import InboundEvent
from conversations import delivery_states
from conversations.actions import actors, claiming, delivering, replying, reporting
from conversations.delivery_progress import Progress
from conversations.models import Channel, Delivery, DeliveryState
from customers.actions import consent
from doubles.background import Running
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.outbox.far_side import log, queue, shown, status
from tests.channels_ingest.signing import twilio_post

pytestmark = pytest.mark.django_db


STATES = ("sending", "unknown", "sent", "failed", "delivered", "read")


def test_somebody_who_said_stop_is_not_written_to(twilio: str, sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    build.sms(sms, "STOP", opt_out="stop")
    outbox.deliver(delivery.pk)
    assert log(twilio)["messages"] == []
    state, error = shown(delivery)
    assert state == "failed" and "STOP" in error
    with pytest.raises(replying.CannotReach, match="STOP"):
        replying.reply(
            build.conversation(),
            replying.Outgoing("Hello?", channel=sms, identity=delivery.identity),
            by=actors.agent(ada),
            user=ada,
        )
    build.sms(sms, "START", opt_out="start")
    outbox.deliver(queue(ada, "Welcome back").pk)
    assert [one["body"] for one in log(twilio)["messages"]] == ["Welcome back"]


def test_a_stop_that_only_the_provider_knows_is_kept(doubles: Running, twilio: str, sms: Channel, ada: User) -> None:
    httpx.post(f"{twilio}/simulate/opt-out", json={"from": build.JO_PHONE, "to": sms.address})
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    state, error = shown(delivery)
    assert state == "failed" and "STOP" in error
    assert delivery.identity is not None and consent.is_stopped(delivery.identity, "sms")


def test_a_stop_told_by_a_status_callback_is_kept_once(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    for _ in range(2):
        status(sms, delivery, "failed", delivery.provider_message_id, ErrorCode="21610", Copy=str(timezone.now()))
    assert delivery.identity is not None and consent.is_stopped(delivery.identity, "sms")
    assert delivery.identity.consents.count() == 1


def test_a_status_that_comes_before_the_answer_is_joined_by_our_key(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    claiming.claim(delivery.pk)
    status(sms, delivery, "delivered", "SMearly")
    assert shown(delivery)[0] == "delivered"
    delivering.note_sent(delivery.pk, Progress("sending", provider_message_id="SMearly"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_message_id) == ("delivered", "SMearly")


def test_a_status_without_our_key_waits_for_the_answer(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    claiming.claim(delivery.pk)
    fields = {"MessageSid": "SMearly", "MessageStatus": "delivered", "AccountSid": build.TWILIO["account_sid"]}
    assert twilio_post(sms, fields, path=f"/webhooks/{sms.pk}/status/").status_code == 200
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    assert event.state == "received" and event.not_before > timezone.now()
    delivering.note_sent(delivery.pk, Progress("sending", provider_message_id="SMearly"))
    InboundEvent.objects.filter(pk=event.pk).update(not_before=timezone.now())
    processing.process(event.pk)
    event.refresh_from_db()
    assert event.state == "processed"
    assert shown(delivery)[0] == "delivered"


def test_a_status_of_somebody_elses_message_is_given_up(sms: Channel) -> None:
    fields = {"MessageSid": "SMforeign", "MessageStatus": "sent", "AccountSid": build.TWILIO["account_sid"]}
    twilio_post(sms, fields, path=f"/webhooks/{sms.pk}/status/")
    event = InboundEvent.objects.latest("pk")
    for _ in range(processing.STATUS_WAITS):
        InboundEvent.objects.update(not_before=timezone.now())
        processing.process(event.pk)
    event.refresh_from_db()
    assert (event.state, bool(event.reason)) == ("ignored", True)


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(order=st.lists(st.sampled_from(STATES), min_size=1, max_size=12))
def test_statuses_in_any_order_and_number_end_at_the_highest(order: list[str]) -> None:
    row = Delivery(state="queued")
    seen = ["queued"]
    for state in order:
        if delivery_states.moves(row.state, state):
            row.state = state
        seen.append(row.state)
    ranks = [delivery_states.RANK[DeliveryState(one)] for one in seen]
    assert ranks == sorted(ranks)
    assert ranks[-1] == max(delivery_states.RANK[DeliveryState(one)] for one in ["queued", *order])


@pytest.mark.parametrize(
    "order", [["read", "sent", "delivered", "delivered"], ["sent", "failed", "delivered", "failed"]]
)
def test_shuffled_and_repeated_callbacks_end_right(sms: Channel, ada: User, order: list[str]) -> None:
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    words = {"failed": "undelivered"}
    for number, state in enumerate(order):
        more = {"ErrorCode": "30003"} if state == "failed" else {}
        status(sms, delivery, words.get(state, state), delivery.provider_message_id, Copy=str(number), **more)
    assert shown(delivery) == ("read" if "read" in order else "delivered", "")


def test_a_price_told_twice_is_counted_once(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    claiming.claim(delivery.pk)
    for state in ("sent", "delivered", "delivered"):
        progress = Progress(state, provider_message_id="SM1", cost="-0.0079", currency="USD")
        reporting.note_progress(sms, progress, idempotency_key=delivery.idempotency_key)
    priced = [one for one in Event.objects.all() if "cost" in one.facts]
    assert [one.facts["cost"] for one in priced] == ["0.0079"]
