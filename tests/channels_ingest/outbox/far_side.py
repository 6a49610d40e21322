"""What the providers' doubles are told, and what they and the agents see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from channels_ingest import processing
from channels_ingest.models import InboundEvent
from conversations.actions import actors, replying
from conversations.models import Channel, Delivery, Message
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.signing import mail_post, twilio_post


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


def answer(channel: Channel, headers: str, text: str) -> Message:
    """A mail that comes back through the door."""
    raw = f"From: Jo <{build.JO_MAIL}>\r\nMessage-ID: <{text[:4]}@customer.example>\r\n{headers}\r\n\r\n{text}\r\n"
    assert mail_post(channel, raw.encode()).status_code == 200
    event = InboundEvent.objects.latest("pk")
    done = processing.process(event.pk)
    assert done is not None and done.state == "processed", done and done.reason
    return Message.objects.get(pk=done.outcome["messages"][0])
