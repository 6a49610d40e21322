"""What providers report of a message, in any order, several times, before the send has returned: one right state."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from channels_ingest import ledger, processing
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.models import Connection, InboundEvent
from conversations import delivery_states
from conversations.actions import actors, claiming, delivering, replying
from conversations.actions.replying import Outgoing
from conversations.delivery_progress import Progress
from conversations.models import Channel, Delivery
from tests import build
from tests.channels_ingest.email.esp import requests as esp
from tests.channels_ingest.email.mails import payload as mail_payload
from tests.channels_ingest.email.mails import request as mail_request
from tests.channels_ingest.twilio import requests as twilio
from tests.channels_ingest.whatsapp import requests as whatsapp

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider with callbacks: its channel, its reports with the state that each means, and how they are sent."""

    channel: Callable[[], Channel]
    states: dict[str, str]
    report: Callable[[str, str], RawRequest]
    new_id: Callable[[], str]


def _by_twilio(kind: str) -> Callable[[], Channel]:
    def make() -> Channel:
        channel = build.channel(kind, address=twilio.OUR_NUMBER)
        known = {"account_sid": twilio.ACCOUNT, "auth_token": twilio.TOKEN}
        Connection.objects.filter(channel=channel).update(credentials=known)
        return channel

    return make


def _twilio_report(report: str, message_id: str, *, prefix: str = "") -> RawRequest:
    more = {"ErrorCode": "30003"} if report in ("failed", "undelivered") else {}
    ends = {"From": prefix + twilio.OUR_NUMBER, "To": prefix + twilio.JO}
    fields = {**twilio.payload("status_sent"), **ends, "MessageSid": message_id, "MessageStatus": report, **more}
    path = "/webhooks/3/status/"
    return twilio.signed_request(fields, url=twilio.PUBLIC_URL + path, path=path)


def _cloud() -> Channel:
    channel = build.channel("whatsapp", provider="whatsapp_cloud")
    known = {"app_secret": whatsapp.APP_SECRET, "verify_token": "v", "access_token": "t"}
    settings = {"phone_number_id": whatsapp.NUMBER_ID}
    Connection.objects.filter(channel=channel).update(credentials=known, settings=settings)
    return channel


def _cloud_report(report: str, message_id: str) -> RawRequest:
    content = copy.deepcopy(whatsapp.payload("status_failed" if report == "failed" else "status_sent"))
    status = whatsapp.value(content)["statuses"][0]
    status |= {"id": message_id, "status": report}
    status.pop("biz_opaque_callback_data", None)
    return whatsapp.request(content)


def _esp_report(service: str) -> Callable[[str, str], RawRequest]:
    def make(report: str, message_id: str) -> RawRequest:
        text = json.dumps(esp.payload(f"{service}/{report}"))
        for known in _IDS[service]:
            text = text.replace(known, message_id.strip("<>"))
        return esp.request(json.loads(text.replace("onethread_delivery", "elsewhere")), service=service)

    return make


_IDS = {
    "postmark": ["883953f4-6105-42a2-a16a-77a8eac79483"],
    "mailgun": ["20260505163354.1.ABCDEF@shop.example"],
    "sparkpost": ["000443ee14578172be22", "65832150921904138"],
}


def _mail() -> Channel:
    return build.channel("email", address="support@acme.example")


def _mail_report(report: str, message_id: str) -> RawRequest:
    raw = mail_payload("bounce_postfix").replace(b"<out-77@acme.example>", message_id.encode())
    raw = raw.replace(b"Action: failed", f"Action: {report}".encode())
    return mail_request(raw, authorization=f"Bearer {build.MAIL_SECRET}")


_TWILIO = {
    "queued": "sending", "sending": "sending", "sent": "sent", "delivered": "delivered",
    "failed": "failed", "undelivered": "failed",
}  # fmt: skip
PROVIDERS = {
    "twilio sms": Provider(_by_twilio("sms"), _TWILIO, _twilio_report, lambda: f"SM{next(_numbers):032}"),
    "twilio whatsapp": Provider(
        _by_twilio("whatsapp"),
        {**_TWILIO, "read": "read"},
        partial(_twilio_report, prefix="whatsapp:"),
        lambda: f"SM{next(_numbers):032}",
    ),
    "whatsapp cloud": Provider(
        _cloud,
        {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"},
        _cloud_report,
        lambda: f"wamid.{next(_numbers)}",
    ),
    "postmark": Provider(
        lambda: esp.channel("postmark"),
        {"delivery": "delivered", "bounce_hard": "failed"},
        _esp_report("postmark"),
        lambda: f"883953f4-{next(_numbers):032}",
    ),
    "mailgun": Provider(
        lambda: esp.channel("mailgun"),
        {"delivered": "delivered", "failed_permanent": "failed", "opened": ""},
        _esp_report("mailgun"),
        lambda: f"<{next(_numbers)}@shop.example>",
    ),
    "sparkpost": Provider(
        lambda: esp.channel("sparkpost"),
        {"delivery": "delivered", "bounce": "failed", "delay": ""},
        _esp_report("sparkpost"),
        lambda: f"{next(_numbers):020}",
    ),
    "mail servers": Provider(
        _mail,
        {"failed": "failed", "delivered": "delivered", "relayed": "sent", "delayed": ""},
        _mail_report,
        lambda: f"<out-{next(_numbers)}@acme.example>",
    ),
}


def outgoing(channel: Channel) -> Delivery:
    """An answer of ours, claimed for sending."""
    ways: dict[str, Any] = {"sms": build.sms, "whatsapp": build.whatsapp, "email": build.mail}
    said = ways[channel.kind]
    address = f"jo{next(_numbers)}@customer.example" if channel.kind == "email" else f"+1500555{next(_numbers):04}"
    asked = said(channel, **({"number": address} if channel.kind == "whatsapp" else {"sender": address})).message
    answer = replying.reply(asked.conversation, Outgoing("It left today."), by=actors.SYSTEM)
    claimed = claiming.claim(answer.delivery.pk)
    assert claimed is not None
    return claimed[0]


def arrive(channel: Channel, request: RawRequest) -> None:
    accepted = ledger.accept(channel, request)
    assert accepted.is_verified, accepted.event.reason
    processing.process(accepted.event.pk)


def settle() -> None:
    """The sweeper's work, as often as it takes."""
    while waiting := list(InboundEvent.objects.filter(state="received").values_list("pk", flat=True)):
        InboundEvent.objects.filter(pk__in=waiting).update(not_before="2020-01-01T00:00Z")
        for event_id in waiting:
            processing.process(event_id)


@pytest.mark.parametrize("name", PROVIDERS)
@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking a case that writes to the database takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_reports_in_any_order_end_in_the_right_state(name: str, data: st.DataObject, settings_of_url: None) -> None:
    provider = PROVIDERS[name]
    channel = Channel.objects.filter(name=name).first()
    if channel is None:
        channel = provider.channel()
        Channel.objects.filter(pk=channel.pk).update(name=name)
    reports = data.draw(st.lists(st.sampled_from(sorted(provider.states)), min_size=1, max_size=7))
    returns_at = data.draw(st.integers(0, len(reports)))
    delivery, message_id = outgoing(channel), provider.new_id()

    for number, report in enumerate([*reports, ""]):
        if number == returns_at:
            delivering.note_sent(delivery.pk, Progress("sent", provider_message_id=message_id))
        if report:
            arrive(channel, provider.report(report, message_id))
    settle()

    delivery.refresh_from_db()
    said = [state for report in reports if (state := provider.states[report])]
    comes_back = channel.abilities.may_come_back
    assert delivery.state == max(
        ["sent", *said], key=lambda state: delivery_states.rank(state, may_come_back=comes_back)
    )
    assert delivery.message.delivery_state == delivery.state
    counts = ledger.counts(channel)
    assert counts["received"] == sum(number for state, number in counts.items() if state != "received")
    assert counts["dead"] == counts["quarantined"] == 0


@pytest.fixture
def settings_of_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """The public address that Twilio's helper signs for."""
    from django.conf import settings as product

    monkeypatch.setattr(product, "PUBLIC_URLS", [twilio.PUBLIC_URL])
