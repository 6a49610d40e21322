"""Sending through the real doubles: each message leaves once, and agents see what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels_ingest import outbox, processing
from channels_ingest.models import Connection, InboundEvent
from conversations import delivery_states
from conversations.actions import actors, delivering, replying
from conversations.models import Channel, Delivery, DeliveryState, Message, ReplyToken
from customers.actions import consent
from doubles.background import Running, running
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.signing import mail_post, twilio_post

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    with running({build.TWILIO["account_sid"]: build.TWILIO["auth_token"]}) as far_side:
        yield far_side


@pytest.fixture
def twilio(doubles: Running) -> Iterator[str]:
    """The double's address; it calls nobody back by itself."""
    httpx.post(f"{doubles.twilio_url}/reset")
    behave(doubles.twilio_url, callbacks={"is_off": True})
    yield doubles.twilio_url


@pytest.fixture
def sms(twilio: str) -> Channel:
    channel = build.channel("sms")
    Connection.objects.update(settings={"base_url": twilio, "read_timeout_seconds": 1})
    build.sms(channel)
    return channel


@pytest.fixture
def mail(doubles: Running) -> Channel:
    httpx.post(f"{doubles.smtp_url}/reset")
    channel = build.channel("email")
    Connection.objects.update(
        settings={"smtp_host": doubles.smtp_host, "smtp_port": doubles.smtp_port, "smtp_security": "none"}
    )
    return channel


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def behave(url: str, **wanted: Any) -> None:
    assert httpx.post(f"{url}/behaviour", json=wanted).status_code == 200


def log(url: str) -> Any:
    return httpx.get(f"{url}/log").json()


def queue(ada: User, text: str = "Your parcel is on its way.") -> Delivery:
    message = replying.reply(build.conversation(), replying.Outgoing(text), by=actors.agent(ada), user=ada)
    return message.delivery


def later(delivery: Delivery, seconds: float = 3600) -> Delivery:
    """As if so much time had passed."""
    delivery.refresh_from_db()
    gone = timedelta(seconds=seconds)
    Delivery.objects.filter(pk=delivery.pk).update(
        not_before=delivery.not_before - gone,
        claimed_at=delivery.claimed_at and delivery.claimed_at - gone,
        attempted_at=delivery.attempted_at and delivery.attempted_at - timedelta(seconds=60),
    )
    return delivery


def status(channel: Channel, delivery: Delivery, word: str, sid: str, **more: str) -> None:
    """A signed status callback, processed."""
    fields = {"MessageSid": sid, "MessageStatus": word, "AccountSid": build.TWILIO["account_sid"], "To": build.JO_PHONE}
    path = f"/webhooks/{channel.pk}/status/?delivery={delivery.idempotency_key}"
    answer = twilio_post(channel, {**fields, **more}, path=path)
    assert answer.status_code == 200
    processing.process(InboundEvent.objects.latest("pk").pk)


def shown(delivery: Delivery) -> tuple[str, str]:
    """What the agent sees on the message."""
    message = Message.objects.get(pk=delivery.message_id)
    return message.delivery_state, message.delivery_error


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
    behave(twilio, next=[{"status": 503, "times": 20}])
    delivery = queue(ada)
    for _ in range(delivering.MAX_ATTEMPTS):
        outbox.deliver(later(delivery).pk)
    state, error = shown(delivery)
    assert state == "failed" and "Twilio" in error
    assert delivery.pk not in delivering.due()


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
    first = delivering.claim(delivery.pk)
    assert first is not None and first[0].attempted_at is not None and first[0].attempted_at >= before
    delivering.note_unknown(delivery.pk, error="No answer", after=timedelta(0))
    again = delivering.claim(delivery.pk)
    assert again is not None
    assert again[1], "the outcome is uncertain"
    assert again[0].attempted_at == first[0].attempted_at


def test_a_worker_that_died_while_sending_is_looked_up(twilio: str, sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    delivering.claim(delivery.pk)  # and then nothing more is heard of it
    assert delivery.pk not in delivering.due()
    later(delivery)
    assert delivery.pk in delivering.due()
    outbox.deliver(delivery.pk)
    assert [one["method"] for one in log(twilio)["requests"]] == ["GET", "POST"]
    assert shown(delivery)[0] == "sending"


def test_a_worker_that_dies_each_time_does_not_try_for_ever(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    for _ in range(delivering.MAX_ATTEMPTS):
        assert delivering.claim(later(delivery).pk) is not None
    assert delivering.claim(later(delivery).pk) is None
    assert shown(delivery)[0] == "unknown"
    assert delivery.pk not in delivering.due()


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
    delivering.claim(delivery.pk)
    status(sms, delivery, "delivered", "SMearly")
    assert shown(delivery)[0] == "delivered"
    delivering.note_sent(delivery.pk, delivering.Progress("sending", provider_message_id="SMearly"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_message_id) == ("delivered", "SMearly")


def test_a_status_without_our_key_waits_for_the_answer(sms: Channel, ada: User) -> None:
    delivery = queue(ada)
    delivering.claim(delivery.pk)
    fields = {"MessageSid": "SMearly", "MessageStatus": "delivered", "AccountSid": build.TWILIO["account_sid"]}
    assert twilio_post(sms, fields, path=f"/webhooks/{sms.pk}/status/").status_code == 200
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    assert event.state == "received" and event.not_before > timezone.now()
    delivering.note_sent(delivery.pk, delivering.Progress("sending", provider_message_id="SMearly"))
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


STATES = ("sending", "unknown", "sent", "failed", "delivered", "read")


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
    delivering.claim(delivery.pk)
    for state in ("sent", "delivered", "delivered"):
        progress = delivering.Progress(state, provider_message_id="SM1", cost="-0.0079", currency="USD")
        delivering.note_progress(sms, progress, idempotency_key=delivery.idempotency_key)
    priced = [one for one in Event.objects.all() if "cost" in one.facts]
    assert [one.facts["cost"] for one in priced] == ["0.0079"]


def test_an_agent_sends_a_failed_message_again(twilio: str, sms: Channel, ada: User) -> None:
    behave(twilio, next=[{"status": 400, "code": 21211}])
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


def test_a_mails_id_is_stored_before_it_leaves(doubles: Running, mail: Channel, ada: User) -> None:
    build.mail(mail, subject="Broken kettle", provider_message_id="<one@customer.example>")
    httpx.post(f"{doubles.smtp_url}/behaviour", json={"next": [{"at": "data", "closes": True, "is_kept": True}]})
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    message = Message.objects.get(pk=delivery.message_id)
    assert message.delivery_state == "unknown"
    (sent,) = log(doubles.smtp_url)["messages"]
    assert sent["message_id"] == message.rfc_message_id != ""
    outbox.deliver(later(delivery).pk)
    assert len(log(doubles.smtp_url)["messages"]) == 1, "what may have arrived is not sent again"


def test_a_mail_carries_its_thread_and_a_token_of_its_own(doubles: Running, mail: Channel, ada: User) -> None:
    build.mail(mail, subject="Broken kettle", provider_message_id="<one@customer.example>")
    outbox.deliver(queue(ada).pk)
    outbox.deliver(queue(ada, "And one more thing.").pk)
    first, second = log(doubles.smtp_url)["messages"]
    assert (first["subject"], first["in_reply_to"]) == ("Re: Broken kettle", "<one@customer.example>")
    assert second["in_reply_to"] == first["message_id"]
    assert second["references"].split() == ["<one@customer.example>", first["message_id"]]
    token = ReplyToken.objects.get().token
    assert token in first["reply_to"] and token in second["reply_to"]
    assert first["envelope_to"] == [build.JO_MAIL]
    assert Message.objects.filter(delivery_state="sent", rfc_message_id=first["message_id"]).exists()


def answer(channel: Channel, headers: str, text: str) -> Message:
    """A mail that comes back through the door."""
    raw = f"From: Jo <{build.JO_MAIL}>\r\nMessage-ID: <{text[:4]}@customer.example>\r\n{headers}\r\n\r\n{text}\r\n"
    assert mail_post(channel, raw.encode()).status_code == 200
    event = InboundEvent.objects.latest("pk")
    done = processing.process(event.pk)
    assert done is not None and done.state == "processed", done and done.reason
    return Message.objects.get(pk=done.outcome["messages"][0])


@pytest.mark.parametrize("by", ["token", "in-reply-to", "references"])
def test_an_answer_to_our_mail_threads_back(doubles: Running, mail: Channel, ada: User, by: str) -> None:
    build.mail(mail, subject="Broken kettle")
    conversation = build.conversation()
    outbox.deliver(queue(ada).pk)
    (sent,) = log(doubles.smtp_url)["messages"]
    headers = {
        "token": f"To: {sent['reply_to']}\r\nSubject: Something else",
        "in-reply-to": f"To: {mail.address}\r\nSubject: Another matter\r\nIn-Reply-To: {sent['message_id']}",
        "references": f"To: {mail.address}\r\nSubject: No more\r\nReferences: <x@y.example> {sent['message_id']}",
    }[by]
    message = answer(mail, headers, "Here is the photo.")
    assert message.conversation == conversation
    assert message.thread_rule == "reference"
