"""What Meta and Twilio post to our doors: shuffled, twice, several numbers at once; and what leaves by them."""

from __future__ import annotations

import copy
import json
import random
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from channels_ingest import ledger, outbox, processing
from channels_ingest.models import Connection, InboundEvent
from conversations.actions import actors, replying
from conversations.models import Attachment, Channel, Conversation, Delivery, Message
from customers.models import Customer, Identity
from doubles.background import Running
from doubles.graph_store import StoredMedia
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.signing import twilio_post
from tests.channels_ingest.whatsapp.requests import OTHER_NUMBER_ID, payload, signature, text_payload, value
from tests.races import at_once
from tests.transactional import commits

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
META_JO = "14155552671"


@pytest.fixture
def cloud(db: None) -> Channel:
    return build.channel("whatsapp", provider="whatsapp_cloud")


@pytest.fixture
def ada(db: None) -> User:
    return build.user("Ada")


def post(to: Channel, content: Any, *, secret: str = build.META["app_secret"], signed: str | None = None) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signed = signature(body, secret) if signed is None else signed
    headers = {"x-hub-signature-256": signed} if signed else {}
    return Client().post(f"/webhooks/{to.pk}/", body, content_type="application/json", headers=headers)


def processed() -> InboundEvent:
    """The newest request, handled as the worker would."""
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    counts = ledger.counts()
    assert counts["received"] == sum(number for name, number in counts.items() if name != "received")
    return event


def said(text: str, wamid: str, *, seconds_ago: int = 60, **more: Any) -> dict[str, Any]:
    """A message of Jo's from a moment ago."""
    at = str(int((timezone.now() - timedelta(seconds=seconds_ago)).timestamp()))
    return text_payload(text, id=wamid, timestamp=at, **more)


def word(status: str, delivery: Delivery, **more: Any) -> dict[str, Any]:
    content = payload("status_delivered")
    value(content)["statuses"][0] |= {
        "id": delivery.provider_message_id or "wamid.OURS",
        "status": status,
        "biz_opaque_callback_data": delivery.idempotency_key,
        **more,
    }
    return content


def test_a_signed_notification_becomes_a_message(cloud: Channel) -> None:
    answer = post(cloud, said("Where is my parcel?", "wamid.1"))
    assert answer.status_code == 200
    assert processed().state == "processed"
    message = Message.objects.get()
    assert (message.text, message.author_name, message.channel) == ("Where is my parcel?", "Jo Muller", cloud)
    assert message.identity is not None and message.identity.kind == "phone"
    customer = Customer.objects.get()
    assert (customer.name, customer.identities.count()) == ("Jo Muller", 2)


@pytest.mark.parametrize("signed", ["", "sha256=" + "0" * 64, "x"])
def test_a_forged_notification_writes_nothing(cloud: Channel, signed: str) -> None:
    assert post(cloud, said("Let me in", "wamid.1"), signed=signed).status_code == 403
    assert InboundEvent.objects.get().state == "quarantined"
    assert not Message.objects.exists() and not Customer.objects.exists()


def test_meta_s_handshake(cloud: Channel) -> None:
    def shake(token: str) -> Any:
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        return Client().get(f"/webhooks/{cloud.pk}/", query)

    right = shake(build.META["verify_token"])
    assert (right.status_code, right.content) == (200, b"1158201444")
    assert right["Content-Type"].startswith("text/plain")
    assert processed().state == "ignored"
    assert shake("wrong").status_code == 403
    assert b"1158201444" not in shake("wrong").content


def test_a_reply_to_our_message_comes_to_its_conversation(cloud: Channel, ada: User) -> None:
    post(cloud, said("About my tent", "wamid.1"))
    processed()
    first = build.conversation()
    replying.reply(first, replying.Outgoing("Which one?"), by=actors.agent(ada), user=ada)
    Delivery.objects.update(provider_message_id="wamid.OURS")
    old = timezone.now() - timedelta(days=20)
    Message.objects.update(created_at=old)
    Conversation.objects.update(state="resolved", resolved_at=old, last_message_at=old)
    post(cloud, said("The green one", "wamid.2", context={"id": "wamid.OURS"}))
    processed()
    message = Message.objects.get(text="The green one")
    assert (message.conversation, message.thread_rule) == (first, "reference")


def test_a_reaction_opens_and_answers_nothing(cloud: Channel) -> None:
    content = payload("reaction")
    post(cloud, content)
    processed()
    message = Message.objects.get()
    assert (message.text, message.not_work, message.conversation.state) == ("Reacted with 👍", "reaction", "resolved")


def test_a_changed_number_is_claimed_and_joins_nobody(cloud: Channel) -> None:
    other = build.whatsapp(cloud, "Hi, I am Max", number="+14155552672").message.conversation.customer
    post(cloud, said("About my tent", "wamid.1"))
    processed()
    post(cloud, payload("number_changed"))
    processed()
    customer = Customer.objects.exclude(pk=other.pk).get()
    claim = customer.identities.get(address="+14155552672")
    assert claim.assurance == 10
    assert Message.objects.get(not_work="number_changed").conversation.customer == customer


def test_one_post_holds_messages_and_statuses(cloud: Channel, ada: User) -> None:
    post(cloud, said("About my tent", "wamid.1"))
    processed()
    delivery = replying.reply(build.conversation(), replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada).delivery
    content = said("The green one", "wamid.2")
    content["entry"] += said("And the red one", "wamid.3")["entry"] + word("read", delivery)["entry"]
    content["entry"] += word("sent", delivery)["entry"]
    post(cloud, content)
    event = processed()
    assert (event.state, len(event.outcome["messages"])) == ("processed", 2)
    delivery.refresh_from_db()
    assert delivery.state == "read"


def test_a_status_that_comes_too_early_keeps_the_messages_beside_it_from_nothing(cloud: Channel, ada: User) -> None:
    content = said("The green one", "wamid.2")
    content["entry"] += payload("status_read")["entry"]
    post(cloud, content)
    event = processed()
    assert (event.state, "do not know" in event.error) == ("received", True)
    assert Message.objects.count() == 1
    delivery = replying.reply(build.conversation(), replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada).delivery
    Delivery.objects.update(provider_message_id="wamid.OURS")
    InboundEvent.objects.update(not_before=timezone.now())
    event = processed()
    assert (event.state, event.outcome["messages"]) == ("processed", [Message.objects.get(direction="inbound").pk])
    delivery.refresh_from_db()
    assert delivery.state == "read"


def test_a_status_of_a_strangers_message_is_let_go_after_a_while(cloud: Channel) -> None:
    post(cloud, payload("status_read"))
    for _ in range(processing.STATUS_WAITS):
        InboundEvent.objects.update(not_before=timezone.now())
        event = processed()
    assert (event.state, event.reason) == ("ignored", "A status of a message that we do not know")


def for_number(content: dict[str, Any], number_id: str) -> dict[str, Any]:
    content = copy.deepcopy(content)
    value(content)["metadata"]["phone_number_id"] = number_id
    return content


def second_number(**credentials: str) -> Channel:
    channel = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550003")
    Connection.objects.filter(channel=channel).update(settings={"phone_number_id": OTHER_NUMBER_ID})
    if credentials:
        connection = Connection.objects.get(channel=channel)
        connection.credentials = {**build.META, **credentials}
        connection.save()
    return channel


def test_what_is_for_another_number_of_the_app_goes_there(cloud: Channel) -> None:
    other = second_number()
    content = said("To the first", "wamid.1")
    content["entry"] += for_number(said("To the second", "wamid.2"), OTHER_NUMBER_ID)["entry"]
    post(cloud, content)
    assert processed().state == "processed"
    assert {message.text: message.channel for message in Message.objects.all()} == {
        "To the first": cloud,
        "To the second": other,
    }
    assert Conversation.objects.count() == 1  # one person, one matter


def test_what_is_for_an_unknown_number_waits_for_its_channel(cloud: Channel) -> None:
    content = said("To the first", "wamid.1")
    content["entry"] += for_number(said("To the second", "wamid.2"), OTHER_NUMBER_ID)["entry"]
    post(cloud, content)
    event = processed()
    assert (event.state, OTHER_NUMBER_ID in event.reason) == ("quarantined", True)
    assert Message.objects.get().text == "To the first"
    other = second_number()
    grace = build.user("Grace", User.Role.ADMIN)
    headers = {"authorization": f"Bearer {build.token(grace)}"}
    assert Client().post(f"/api/v1/inbound-events/{event.pk}/replay/", headers=headers).status_code == 202
    event = processed()
    assert event.state == "processed"
    assert Message.objects.get(text="To the second").channel == other
    assert Message.objects.count() == 2


def test_another_apps_number_gets_nothing_from_this_one(cloud: Channel) -> None:
    second_number(app_secret="of another app")
    post(cloud, for_number(said("To the second", "wamid.2"), OTHER_NUMBER_ID))
    assert processed().state == "quarantined"
    assert not Message.objects.exists()


def test_a_photo_is_fetched(cloud: Channel, far_side: Running) -> None:
    Connection.objects.update(
        settings={"phone_number_id": build.PHONE_NUMBER_ID, "base_url": far_side.graph_url},
    )
    told = {
        "phone_number_id": build.PHONE_NUMBER_ID,
        "access_token": build.META["access_token"],
        "app_secret": build.META["app_secret"],
        "webhook_url": "http://127.0.0.1:9/",
    }
    httpx.post(f"{far_side.graph_url}/numbers", json=told).raise_for_status()
    media_id = far_side.graph.store.add_media(StoredMedia("image/jpeg", PNG))
    content = payload("image")
    value(content)["messages"][0]["image"]["id"] = media_id
    post(cloud, content)
    assert processed().state == "processed"
    attachment = Attachment.objects.get()
    outbox.fetch(attachment.pk)
    attachment.refresh_from_db()
    assert (attachment.name, attachment.content_type, attachment.size) == ("photo.png", "image/png", len(PNG))


@pytest.fixture
def connected(cloud: Channel, far_side: Running) -> Channel:
    """The Cloud channel, led to the double."""
    Connection.objects.update(
        settings={
            "phone_number_id": build.PHONE_NUMBER_ID,
            "base_url": far_side.graph_url,
            "read_timeout_seconds": 1,
        },
    )
    number = {"phone_number_id": build.PHONE_NUMBER_ID, "access_token": build.META["access_token"]}
    httpx.post(f"{far_side.graph_url}/numbers", json=number).raise_for_status()
    post(cloud, said("Where is my parcel?", "wamid.1"))
    processed()
    return cloud


def queue(ada: User, text: str = "On its way.") -> Delivery:
    return replying.reply(build.conversation(), replying.Outgoing(text), by=actors.agent(ada), user=ada).delivery


def test_a_lost_answer_is_found_by_the_key_in_the_next_status(connected: Channel, ada: User, far_side: Running) -> None:
    httpx.post(f"{far_side.graph_url}/behaviour", json={"next": [{"is_dropped": True, "is_taken": True}]})
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_message_id) == ("unknown", "")
    (sent,) = httpx.get(f"{far_side.graph_url}/log").json()["messages"]
    post(connected, word("delivered", delivery, id=sent["id"]))
    assert processed().state == "processed"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_message_id) == ("delivered", sent["id"])
    later = word("read", delivery)
    del value(later)["statuses"][0]["biz_opaque_callback_data"]
    post(connected, later)
    processed()
    delivery.refresh_from_db()
    assert delivery.state == "read"
    outbox.deliver(delivery.pk)
    assert len(httpx.get(f"{far_side.graph_url}/log").json()["messages"]) == 1


def test_a_message_that_waited_beyond_the_window_is_not_sent(connected: Channel, ada: User, far_side: Running) -> None:
    delivery = queue(ada)
    past = timezone.now() - timedelta(hours=25)
    Message.objects.filter(direction="inbound").update(occurred_at=past)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "window_closed")
    assert delivery.error.startswith("The WhatsApp window closed 1 h ago")
    assert httpx.get(f"{far_side.graph_url}/log").json()["messages"] == []


def test_a_refusal_of_meta_s_is_shown_in_words(connected: Channel, ada: User, far_side: Running) -> None:
    httpx.post(f"{far_side.graph_url}/behaviour", json={"next": [{"status": 400, "code": 131047}]})
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "131047")
    assert "24 hours" in delivery.error


def test_a_person_without_a_number_is_answered(connected: Channel, ada: User, far_side: Running) -> None:
    content = payload("username")
    value(content)["messages"][0] |= {"timestamp": str(int(timezone.now().timestamp()))}
    post(connected, content)
    processed()
    # The account is known already from the message that showed the number too.
    assert Customer.objects.count() == 1
    message = Message.objects.latest("pk")
    assert message.identity is not None and message.identity.kind == "whatsapp_user"
    outbox.deliver(queue(ada).pk)
    (sent,) = httpx.get(f"{far_side.graph_url}/log").json()["messages"]
    assert sent["to"] == "US.13491208655302741918"


def test_a_twilio_read_receipt_moves_the_state(db: None, ada: User, far_side: Running) -> None:
    channel = build.channel("whatsapp")
    Connection.objects.update(settings={"base_url": far_side.twilio_url})
    far_side.twilio.accounts[build.TWILIO["account_sid"]] = build.TWILIO["auth_token"]
    fields = {**payload("twilio_text"), "AccountSid": build.TWILIO["account_sid"]}
    assert twilio_post(channel, fields).status_code == 200
    processed()
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    read = {
        **payload("twilio_status_read"),
        "AccountSid": build.TWILIO["account_sid"],
        "MessageSid": delivery.provider_message_id,
    }
    for words in ("read", "delivered", "read", "sent"):
        twilio_post(channel, {**read, "MessageStatus": words}, path=f"/webhooks/{channel.pk}/status/")
        processed()
    delivery.refresh_from_db()
    assert delivery.state == "read"


@commits
def test_shuffled_repeated_and_parallel_posts_make_one_message_and_the_last_state() -> None:
    cloud, ada = build.channel("whatsapp", provider="whatsapp_cloud"), build.user("Ada")
    post(cloud, said("First", "wamid.0"))
    processed()
    delivery = replying.reply(build.conversation(), replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada).delivery
    Delivery.objects.update(provider_message_id="wamid.OURS", state="sending")
    delivery.refresh_from_db()
    contents = [said(f"Text {number}", f"wamid.{number}") for number in range(1, 4)]
    contents += [word(state, delivery) for state in ("sent", "delivered", "read")]
    # The same parts in another batch: another body, so another row.
    contents.append({**contents[0], "entry": [*contents[5]["entry"], *contents[1]["entry"], *contents[0]["entry"]]})
    posts = contents * 3
    random.Random(3).shuffle(posts)  # noqa: S311 - an order, no secret
    at_once([partial(post, cloud, content) for content in posts])
    waiting = list(InboundEvent.objects.filter(state="received").values_list("pk", flat=True))
    at_once([partial(processing.process, pk) for pk in waiting * 2])
    assert Message.objects.filter(direction="inbound").count() == 4
    assert Conversation.objects.count() == Customer.objects.count() == 1
    delivery.refresh_from_db()
    assert delivery.state == "read"
    assert set(InboundEvent.objects.values_list("state", flat=True)) <= {"processed", "duplicate"}
    assert Event.objects.filter(type="delivery.read").count() == 1
    assert Identity.objects.count() == 2


def test_no_public_url_is_needed_to_check_meta_s_signature(cloud: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URLS", [])
    assert post(cloud, said("Hello", "wamid.1")).status_code == 200
