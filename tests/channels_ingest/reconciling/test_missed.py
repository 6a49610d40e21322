"""What Twilio received and could not deliver: found once, in its own time, and nothing else is taken in."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from channels_ingest import connecting, ledger, processing, views
from channels_ingest.adapters import listed, twilio_received
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.models import Connection, InboundEvent, ReceivedList
from channels_ingest.reconciling import polling, standing
from channels_ingest.setup import health
from conversations import reply_window
from conversations.models import Attachment, Channel, Conversation, Message
from customers.models import Identity
from doubles.background import Running, running
from tests import build
from tests.channels_ingest.signing import twilio_fields, twilio_post
from tests.races import at_once
from tests.transactional import commits

ACCOUNT = build.TWILIO["account_sid"]
CONNECTED = timedelta(hours=6)


@pytest.fixture(scope="module")
def far_side() -> Iterator[Running]:
    with running({ACCOUNT: build.TWILIO["auth_token"]}) as doubles:
        yield doubles


@pytest.fixture(autouse=True)
def fresh(far_side: Running) -> None:
    httpx.post(f"{far_side.twilio_url}/reset")


def connected(far_side: Running, kind: str = "sms", **more: Any) -> Channel:
    """A channel that was connected some hours ago, and reads the double's list."""
    channel = build.channel(kind)
    base = {"base_url": far_side.twilio_url, **more}
    Connection.objects.filter(channel=channel).update(settings=base, created_at=timezone.now() - CONNECTED)
    return channel


@pytest.fixture
def sms(db: None, far_side: Running) -> Channel:
    return connected(far_side)


def lose(far_side: Running, channel: Channel, body: str = "Are you there?", *, ago: timedelta, **more: Any) -> str:
    """A message that Twilio takes in and can't bring to us; its SID."""
    mark = "whatsapp:" if channel.kind == "whatsapp" else ""
    wanted = {
        "account_sid": ACCOUNT,
        "url": "http://127.0.0.1:9/",
        "from": mark + build.JO_PHONE,
        "to": mark + channel.address,
        "body": body,
        "at": (timezone.now() - ago).timestamp(),
        "is_lost": True,
        **more,
    }
    answer = httpx.post(f"{far_side.twilio_url}/simulate/inbound", json=wanted).raise_for_status().json()
    assert answer["status"] == 0
    return str(answer["message_sid"])


def look(channel: Channel) -> bool:
    """A poll that is due, and the worker after it."""
    standing.settle()
    ReceivedList.objects.update(next_poll_at=timezone.now())
    is_more = polling.poll(Connection.objects.get(channel=channel, is_active=True).pk)
    work()
    return is_more


def work() -> None:
    for event_id in processing.due():
        processing.process(event_id)


def mark() -> ReceivedList:
    return ReceivedList.objects.get()


def test_a_lost_webhook_is_found_and_its_message_has_its_own_time(sms: Channel, far_side: Running) -> None:
    sid = lose(far_side, sms, "Where is my parcel?", ago=timedelta(hours=2))
    look(sms)
    message = Message.objects.get()
    assert (message.text, message.provider_message_id) == ("Where is my parcel?", sid)
    assert message.identity is not None and message.identity.address == build.JO_PHONE
    assert message.occurred_at is not None
    assert timedelta(hours=1, minutes=59) < timezone.now() - message.occurred_at < timedelta(hours=2, minutes=1)
    event = InboundEvent.objects.get()
    assert (event.method, event.state, event.is_verified) == ("LIST", "processed", True)
    assert "authorization" not in event.headers
    assert (mark().found_count, mark().error) == (1, "")


def test_what_was_found_is_not_found_again(sms: Channel, far_side: Running) -> None:
    lose(far_side, sms, ago=timedelta(minutes=10))
    look(sms)
    look(sms)
    assert Message.objects.count() == 1
    assert InboundEvent.objects.get().repeat_count == 0


def test_a_late_webhook_is_a_repeat(sms: Channel, far_side: Running) -> None:
    sid = lose(far_side, sms, "Late", ago=timedelta(minutes=5))
    look(sms)
    twilio_post(sms, twilio_fields(sms, "Late", sid))
    work()
    assert Message.objects.count() == 1
    assert InboundEvent.objects.latest("pk").state == "duplicate"
    counts = ledger.counts()
    assert (counts["received"], counts["processed"], counts["duplicate"]) == (2, 1, 1)


def test_what_came_by_webhook_is_left_alone(sms: Channel, far_side: Running) -> None:
    sid = lose(far_side, sms, "Hello", ago=timedelta(minutes=5))
    twilio_post(sms, twilio_fields(sms, "Hello", sid))
    look(sms)
    assert Message.objects.count() == InboundEvent.objects.count() == 1
    assert mark().found_count == 0


def test_a_webhook_that_waits_to_be_processed_is_not_doubled(sms: Channel, far_side: Running) -> None:
    sid = lose(far_side, sms, "Hello", ago=timedelta(minutes=5))
    twilio_post(sms, twilio_fields(sms, "Hello", sid))
    standing.settle()
    polling.poll(Connection.objects.get().pk)
    assert InboundEvent.objects.get().method == "POST"


def test_a_message_of_this_minute_is_left_to_its_webhook(sms: Channel, far_side: Running) -> None:
    lose(far_side, sms, ago=timedelta(seconds=20))
    look(sms)
    assert not InboundEvent.objects.exists()
    assert mark().read_until < timezone.now() - timedelta(seconds=50)


def test_nothing_older_than_the_connection_is_taken_in(sms: Channel, far_side: Running) -> None:
    lose(far_side, sms, "Before us", ago=CONNECTED + timedelta(minutes=1))
    lose(far_side, sms, "After", ago=CONNECTED - timedelta(minutes=1))
    look(sms)
    assert Message.objects.get().text == "After"


def test_another_account_begins_anew(sms: Channel, far_side: Running) -> None:
    look(sms)
    lose(far_side, sms, "On the account of before", ago=timedelta(minutes=5))
    connection = Connection.objects.get()
    connection.credentials = {**connection.credentials, "account_sid": "AC" + "7" * 32}
    connection.save()
    httpx.post(f"{far_side.twilio_url}/accounts", json={"sid": "AC" + "7" * 32, "token": "twilio-token"})
    lose(far_side, sms, "On this one, before", ago=timedelta(minutes=4), account_sid="AC" + "7" * 32)
    look(sms)
    assert not Message.objects.exists()
    assert timezone.now() - mark().begins_at < timedelta(seconds=30)


def test_other_numbers_and_what_we_sent_are_left_alone(sms: Channel, far_side: Running) -> None:
    lose(far_side, sms, "To a number of the shop's", ago=timedelta(minutes=5), to="+15005550099")
    lose(far_side, sms, "By WhatsApp", ago=timedelta(minutes=5), to=f"whatsapp:{sms.address}")
    look(sms)
    assert not InboundEvent.objects.exists()


def test_files_of_a_found_message_come_along(sms: Channel, far_side: Running) -> None:
    file = {"content_type": "image/png", "content_base64": base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()}
    lose(far_side, sms, "Look", ago=timedelta(minutes=5), media=[file, file])
    look(sms)
    links = list(Attachment.objects.values_list("source_url", "content_type"))
    assert len(links) == 2
    assert all(url.startswith(f"{far_side.twilio_url}/2010-04-01/") and kind == "image/png" for url, kind in links)
    assert not links[0][0].endswith(".json")


def test_a_lost_whatsapp_message_opens_the_window_from_when_it_was_written(db: None, far_side: Running) -> None:
    whatsapp = connected(far_side, "whatsapp")
    lose(far_side, whatsapp, "Hello", ago=timedelta(hours=5))
    look(whatsapp)
    closes = reply_window.closes_at(whatsapp, Identity.objects.get(address=build.JO_PHONE))
    assert closes is not None
    assert timedelta(hours=18, minutes=59) < closes - timezone.now() < timedelta(hours=19, minutes=1)


def test_a_services_messages_are_told_by_the_service(db: None, far_side: Running) -> None:
    service = "MG" + "5" * 32
    sms = connected(far_side, messaging_service_sid=service)
    sid = lose(far_side, sms, "To another number of it", ago=timedelta(minutes=5), to="+15005550042")
    far_side.twilio.store.messages[sid].messaging_service_sid = service
    lose(far_side, sms, "To a stranger", ago=timedelta(minutes=5), to="+15005550043")
    look(sms)
    assert [message.text for message in Message.objects.all()] == ["To another number of it"]


def test_an_outage_is_shown_and_asked_about_ever_more_seldom(sms: Channel, far_side: Running) -> None:
    behave(far_side, outage_status=503)
    pauses = []
    for _ in range(4):
        look(sms)
        pauses.append(mark().next_poll_at - timezone.now())
    assert pauses == sorted(pauses)
    assert mark().failure_count == 4
    [row] = health.of([sms])
    assert "fault of its own (HTTP 503)" in row.error
    until = mark().read_until
    behave(far_side, outage_status=0)
    lose(far_side, sms, "During the outage", ago=timedelta(minutes=5))
    look(sms)
    assert health.of([sms])[0].error == ""
    assert mark().failure_count == 0 and mark().read_until > until
    assert Message.objects.get().text == "During the outage"


def test_a_wrong_token_is_shown_and_the_right_one_tried_at_once(sms: Channel) -> None:
    connection = Connection.objects.get()
    connection.credentials = {**connection.credentials, "auth_token": "wrong"}
    connection.save()
    look(sms)
    assert health.of([sms])[0].error
    assert mark().next_poll_at > timezone.now() + timedelta(seconds=60)
    standing.retry_now(connection)
    assert standing.settle() == [connection.pk]


def test_a_long_list_is_read_in_bites_and_to_its_end(
    sms: Channel, far_side: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_received, "PAGE_SIZE", 2)
    monkeypatch.setattr(polling, "PAGES_PER_POLL", 2)
    for number in range(9):
        lose(far_side, sms, f"No. {number}", ago=timedelta(minutes=20 - number))
    began = mark().read_until if ReceivedList.objects.exists() else None
    assert began is None
    bites = 1
    while look(sms):
        assert mark().read_until < timezone.now() - timedelta(hours=5)
        bites += 1
    assert bites == 3
    assert Message.objects.count() == 9
    assert mark().read_until > timezone.now() - timedelta(minutes=2)


def test_reading_stops_where_the_last_pass_began(
    sms: Channel, far_side: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_received, "PAGE_SIZE", 5)
    for number in range(40):
        lose(far_side, sms, f"No. {number}", ago=timedelta(hours=2, minutes=number))
    while look(sms):
        pass
    httpx.post(f"{far_side.twilio_url}/behaviour", json={})
    before = listings(far_side)
    look(sms)
    assert listings(far_side) - before == 1


def test_files_that_cannot_be_listed_now_keep_no_other_message_waiting(
    sms: Channel, far_side: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from channels_ingest.adapters.failures import Transient
    from channels_ingest.adapters.twilio_messages import TwilioMessagesAdapter

    genuine = TwilioMessagesAdapter.received_content

    def refuse(self: TwilioMessagesAdapter, message: Any) -> tuple[bytes, str]:
        if message.resource["body"] == "Poison":
            raise Transient("Twilio did not answer in time.")
        return genuine(self, message)

    lose(far_side, sms, "Poison", ago=timedelta(minutes=6))
    lose(far_side, sms, "Fine", ago=timedelta(minutes=5))
    with monkeypatch.context() as patch:
        patch.setattr(TwilioMessagesAdapter, "received_content", refuse)
        look(sms)
    assert [message.text for message in Message.objects.all()] == ["Fine"]
    assert mark().error
    look(sms)
    assert {message.text for message in Message.objects.all()} == {"Fine", "Poison"}
    assert not mark().error


def test_nobody_else_can_hand_in_a_found_message(sms: Channel) -> None:
    body = b"MessageSid=SM1&From=%2B15005550006&To=%2B15005550001&Body=Forged"
    request = RawRequest(
        listed.METHOD,
        listed.PATH,
        "SM1",
        {"content-type": twilio_received.CONTENT_TYPE, "authorization": "Listed 00"},
        body,
        timezone.now(),
    )
    accepted = ledger.accept(sms, request)
    assert not accepted.is_verified
    assert accepted.event.state == "quarantined"
    other = build.channel("sms", address="+15005550077")
    theirs = _signed_for(Connection.objects.get(channel=other), body)
    assert not ledger.accept(sms, theirs).is_verified


def _signed_for(connection: Connection, body: bytes) -> RawRequest:
    from channels_ingest.adapters.incoming import ReceivedMessage

    found = ReceivedMessage("SM1", datetime.now(UTC), {})
    return listed.as_request(found, body, twilio_received.CONTENT_TYPE, connection.pk, received_at=timezone.now())


def test_the_first_word_after_an_outage_makes_a_poll_due(sms: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_heard", set())
    connection_id = Connection.objects.get().pk
    for text, due in (("One", [connection_id]), ("Two", [])):
        standing.settle()
        ReceivedList.objects.update(next_poll_at=timezone.now() + timedelta(minutes=3))
        assert twilio_post(sms, twilio_fields(sms, text, f"SM{text}")).status_code == 200
        assert standing.settle() == due


def test_a_list_that_rests_because_it_failed_is_not_woken(sms: Channel) -> None:
    standing.settle()
    ReceivedList.objects.update(next_poll_at=timezone.now() + timedelta(minutes=3), failure_count=2)
    standing.wake(sms.pk)
    assert standing.settle() == []


def test_only_one_poll_at_a_time_and_a_switched_connection_is_left_alone(sms: Channel) -> None:
    [connection_id] = standing.settle()
    assert standing.claim(connection_id) is not None
    assert standing.claim(connection_id) is None
    Connection.objects.update(is_active=False)
    assert standing.settle() == []


@commits
def test_poll_and_webhook_at_once_make_one_message(far_side: Running) -> None:
    sms = connected(far_side)
    for number in range(3):
        sid = lose(far_side, sms, f"No. {number}", ago=timedelta(minutes=5))
        standing.settle()
        ReceivedList.objects.update(next_poll_at=timezone.now())
        connection_id = Connection.objects.get().pk

        def by_poll(connection_id: int = connection_id) -> None:
            polling.poll(connection_id)
            work()

        def by_webhook(sid: str = sid, number: int = number) -> None:
            twilio_post(sms, twilio_fields(sms, f"No. {number}", sid))
            work()

        both: list[Callable[[], None]] = [by_poll, by_webhook, by_webhook]
        at_once(both)
        work()
        assert Message.objects.filter(provider_message_id=sid).count() == 1
    assert Conversation.objects.count() == 1
    assert not InboundEvent.objects.filter(state="received").exists()


def test_changed_settings_are_tried_at_once(sms: Channel) -> None:
    from channels_ingest.adapters.twilio_sms import TwilioSmsAdapter
    from conversations.actions.channels import ChannelDraft

    standing.settle()
    ReceivedList.objects.update(next_poll_at=timezone.now() + timedelta(minutes=20), failure_count=5, error="Away")
    draft = ChannelDraft(sms.name, sms.desk, sms.address, None, "en", {})
    entered = connecting.Entered({"auth_token": "twilio-token"})
    connecting.reconnect(Connection.objects.get(), TwilioSmsAdapter, draft, entered, by=build.user("Grace", "admin"))
    assert standing.settle() == [Connection.objects.get().pk]
    assert mark().error == ""


def behave(far_side: Running, **wanted: Any) -> None:
    httpx.post(f"{far_side.twilio_url}/behaviour", json=wanted).raise_for_status()


def listings(far_side: Running) -> int:
    requests = httpx.get(f"{far_side.twilio_url}/log").json()["requests"]
    return sum(request["path"].endswith("Messages.json") for request in requests)
