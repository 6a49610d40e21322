"""The worker asks who signed a mail before it reads it, once, and DNS that is away holds nothing up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from channels_ingest import ledger, processing
from channels_ingest.adapters.email import sender_check
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.models import InboundEvent
from conversations.models import Channel, Message
from customers.assurance import Assurance
from tests import build
from tests.channels_ingest.email.dns_server import NameServer, serving
from tests.channels_ingest.email.mails import mail
from tests.channels_ingest.email.signed_mails import KEY_NAME, record, signed
from tests.channels_ingest.signing import mail_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(settings) -> Iterator[NameServer]:
    with serving() as server:
        server.texts[KEY_NAME] = record()
        settings.DNS_SERVERS = server.setting
        yield server


@pytest.fixture
def channel() -> Channel:
    return build.channel("email")


def received(channel: Channel, raw: bytes) -> InboundEvent:
    assert mail_post(channel, raw).status_code == 200
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    return event


def test_a_signed_mail_is_its_authors_word(names: NameServer, channel: Channel) -> None:
    event = received(channel, signed(mail(to="help@shop.example")))

    assert event.state == "processed"
    assert Message.objects.get().assurance == Assurance.CHANNEL
    assert any(sender_check.is_key(name) for name in event.headers)


def test_a_replay_asks_nobody_again(names: NameServer, channel: Channel) -> None:
    event = received(channel, signed(mail(to="help@shop.example")))
    asked = len(names.asked)
    names.texts.clear()
    Message.objects.all().delete()

    assert ledger.reopen(event)
    processing.process(event.pk)

    assert Message.objects.get().assurance == Assurance.CHANNEL
    assert len(names.asked) == asked


def test_a_mail_is_taken_in_while_dns_is_away(names: NameServer, channel: Channel) -> None:
    names.silent_about.add("*")

    events = [received(channel, signed(mail(f"Mail {number}", to="help@shop.example"))) for number in range(4)]

    assert [event.state for event in events] == ["processed"] * 4
    assert {message.assurance for message in Message.objects.all()} == {Assurance.PRESENTED}
    assert len(names.asked) <= 3  # the key, and whether the resolver is there at all


def test_who_is_switched_off_asks_nobody(names: NameServer, channel: Channel, settings) -> None:
    settings.DNS_SERVERS = ["off"]

    received(channel, signed(mail(to="help@shop.example")))

    assert Message.objects.get().assurance == Assurance.PRESENTED
    assert names.asked == []


def test_no_request_brings_a_finding_of_its_own(channel: Channel) -> None:
    raw = mail(to="help@shop.example")
    headers = {
        "content-type": "message/rfc822",
        "authorization": f"Bearer {build.MAIL_SECRET}",
        sender_check.key(raw): '{"dkim": "pass", "domain": "customer.example"}',
    }
    accepted = ledger.accept(channel, RawRequest("POST", "/webhooks/1/", "", headers, raw, timezone.now()))

    processing.process(accepted.event.pk)

    assert Message.objects.get().assurance == Assurance.PRESENTED
