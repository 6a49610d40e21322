"""The doors for mail services: who is let in, what is kept, and what comes of it once and no more than once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from channels_ingest import ledger, processing, views
from channels_ingest.models import Connection, InboundEvent
from conversations.models import Conversation, Message
from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.channels_ingest.email.esp.requests import (
    CREDENTIALS,
    JSON,
    SECRET,
    basic,
    channel,
    payload,
    post,
    signed,
)
from tests.channels_ingest.signing import mail_post
from tests.races import at_once
from tests.transactional import commits

pytestmark = pytest.mark.django_db

IN = {"postmark": "postmark/inbound_raw", "mailgun": "mailgun/inbound_mime", "sparkpost": "sparkpost/relay"}
SERVICES = sorted(IN)
PATHS = ["/webhooks/{id}/{service}/", "/anymail/{service}/inbound/", "/anymail/{service}/tracking/"]
WRONG = [None, "", "onethread:wrong", "onethread:hook-secre", "hook-secret", "onethread:", "x:None"]


def door(row: Any, service: str) -> str:
    return f"/webhooks/{row.pk}/{service}/"


def processed() -> InboundEvent:
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    counts = ledger.counts()
    assert counts["received"] == sum(number for name, number in counts.items() if name != "received")
    return event


def assert_nothing_was_written() -> None:
    assert not Conversation.objects.exists() and not Identity.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("path", PATHS)
def test_a_mail_with_the_secret_becomes_a_message(service: str, path: str) -> None:
    row = channel(service)
    answer = post(path.format(id=row.pk, service=service), payload(IN[service]), service=service)
    assert answer.status_code == 200
    assert processed().state == "processed"
    message = Message.objects.get()
    assert (message.text, message.subject, message.channel) == ("It is broken. Grüße", "Kettle", row)


@pytest.mark.parametrize("path", ["/webhooks/{id}/mailgun/mime", "/anymail/mailgun/inbound_mime/"])
def test_mailgun_finds_the_door_that_asks_for_whole_mails(path: str) -> None:
    row = channel("mailgun")
    assert post(path.format(id=row.pk), payload("mailgun/inbound_mime"), service="mailgun").status_code == 200
    assert processed().state == "processed"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("secret", WRONG)
@pytest.mark.parametrize("alias", [False, True])
def test_without_the_secret_it_is_kept_and_writes_nothing(service: str, secret: str | None, alias: bool) -> None:
    row = channel(service)
    path = f"/anymail/{service}/inbound/" if alias else door(row, service)
    answer = post(path, payload(IN[service]), service=service, secret=secret)
    assert answer.status_code == 403
    event = processed()
    assert (event.state, event.is_verified, event.channel) == ("quarantined", False, row)
    assert event.reason and "hook-secret" not in str(event.headers) + event.reason
    assert "authorization" not in event.headers
    assert_nothing_was_written()


def test_a_connection_without_a_secret_opens_to_nobody() -> None:
    row = channel("postmark", secret="")
    for secret in (None, "", "onethread:", "None:None"):
        assert (
            post(door(row, "postmark"), payload(IN["postmark"]), service="postmark", secret=secret).status_code == 403
        )
    assert_nothing_was_written()


@pytest.mark.parametrize("secret", ["only-a-password", "jo:with:colons"])
def test_a_secret_is_a_password_or_a_whole_login(secret: str) -> None:
    row = channel("postmark", secret=secret)
    shown = secret if ":" in secret else f"onethread:{secret}"
    assert post(door(row, "postmark"), payload(IN["postmark"]), service="postmark", secret=shown).status_code == 200


def test_while_the_secret_is_changed_both_count() -> None:
    row = channel("mailgun", secret="onethread:new")
    connection = Connection.objects.get(is_active=True)
    connection.credentials |= {"previous_webhook_secret": SECRET}
    connection.save()
    for secret, status in ((SECRET, 200), ("onethread:new", 200), ("onethread:other", 403)):
        for path in (door(row, "mailgun"), "/anymail/mailgun/inbound/"):
            content = {**payload(IN["mailgun"]), "n": secret}
            assert post(path, content, service="mailgun", secret=secret).status_code == status


@pytest.mark.parametrize("service", ["mailgun"])
@pytest.mark.parametrize("name", ["mailgun/inbound_mime", "mailgun/delivered"])
def test_a_tampered_signature_is_refused_whatever_the_secret(service: str, name: str) -> None:
    row = channel(service)
    assert post(door(row, service), payload(name), service=service, key="another-key").status_code == 403
    assert "signing key" in processed().reason
    assert_nothing_was_written()


@pytest.mark.parametrize("signature", [None, [], {}, {"token": "ü", "timestamp": "ü", "signature": "ü"}])
def test_odd_signatures_are_refused(signature: Any) -> None:
    row = channel("mailgun")
    body = json.dumps({**payload("mailgun/delivered"), "signature": signature}).encode()
    answer = Client().post(door(row, "mailgun"), body, content_type=JSON, headers={"authorization": basic()})
    assert answer.status_code == 403
    assert_nothing_was_written()


def test_another_services_address_and_another_channels_secret_open_nothing() -> None:
    ours = channel("postmark")
    other = channel("postmark", secret="onethread:other", address="sales@shop.example")
    mailgun = channel("mailgun", secret="onethread:third", address="info@shop.example")
    content = payload(IN["postmark"])
    for path, secret in (
        (door(ours, "mailgun"), SECRET),
        (door(ours, "sparkpost"), SECRET),
        (door(other, "postmark"), SECRET),
        (door(mailgun, "postmark"), "onethread:third"),
        ("/anymail/mailgun/inbound/", SECRET),
        ("/anymail/postmark/inbound/", "onethread:third"),
    ):
        assert post(path, content, service="postmark", secret=secret).status_code == 403, path
    for name in ("nobody", "sendgrid", "webhooks"):
        assert post(f"/webhooks/{ours.pk}/{name}/", content, service="postmark").status_code == 404
    assert_nothing_was_written()


def test_the_alias_finds_the_channel_by_its_secret() -> None:
    channel("postmark")
    other = channel("postmark", secret="onethread:other", address="sales@shop.example")
    post("/anymail/postmark/inbound/", payload(IN["postmark"]), service="postmark", secret="onethread:other")
    processed()
    assert Message.objects.get().channel == other


def test_the_alias_answers_strangers_alike_whatever_there_is() -> None:
    content = payload(IN["postmark"])
    nobody = post("/anymail/postmark/inbound/", content, service="postmark", secret="x:y")
    channel("postmark")
    somebody = post("/anymail/postmark/inbound/", content, service="postmark", secret="x:y")
    assert (nobody.status_code, nobody.content) == (somebody.status_code, somebody.content)


@pytest.mark.parametrize("service", SERVICES)
def test_a_head_request_learns_only_that_there_is_a_door(service: str) -> None:
    row = channel(service)
    for path in (door(row, service), f"/webhooks/999999/{service}/", f"/anymail/{service}/inbound/"):
        answer = Client().head(path)
        assert (answer.status_code, answer.content) == (200, b"")
    assert Client().get(f"/anymail/{service}/inbound/").status_code == 405
    assert not InboundEvent.objects.exists()


def test_a_raw_mails_door_is_as_before() -> None:
    row = channel("postmark")
    raw = payload("postmark/inbound_raw")["RawEmail"].encode()
    assert mail_post(row, raw).status_code == 200  # by the retired connection
    assert Client().head(f"/webhooks/{row.pk}/").status_code == 403


def test_a_webhook_too_large_is_refused_and_its_beginning_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    row = channel("postmark")
    monkeypatch.setattr(views, "MAX_BODY_BYTES", 1000)
    assert post(door(row, "postmark"), payload(IN["postmark"]), service="postmark").status_code in (403, 413)
    assert InboundEvent.objects.get().state == "quarantined"
    assert_nothing_was_written()


def test_a_large_mail_below_the_limit_is_taken() -> None:
    row = channel("mailgun")
    content = payload("mailgun/inbound_fields") | {"body-plain": "A long story. " * 200_000}
    assert post(door(row, "mailgun"), content, service="mailgun").status_code == 200
    assert processed().state == "processed"


def test_the_same_mail_again_and_by_another_door_is_one_message() -> None:
    row = channel("postmark")
    for name in ("postmark/inbound_raw", "postmark/inbound_raw", "postmark/inbound_fields"):
        assert post(door(row, "postmark"), payload(name), service="postmark").status_code == 200
        processed()
    assert mail_post(row, payload("postmark/inbound_raw")["RawEmail"].encode()).status_code == 200
    assert processed().state == "duplicate"
    post("/anymail/postmark/inbound/", payload("postmark/inbound_raw"), service="postmark")
    assert processed().state == "duplicate"
    assert Message.objects.count() == Conversation.objects.get().message_count == 1


@commits
@pytest.mark.parametrize("service", SERVICES)
def test_the_same_mail_three_times_at_once_is_one_message(service: str) -> None:
    row = channel(service)
    body, kind = signed(payload(IN[service]), service=service)

    def deliver() -> int:
        client = Client()
        headers = {"authorization": basic()}
        status = client.post(door(row, service), body, content_type=kind, headers=headers).status_code
        processing.process(InboundEvent.objects.latest("pk").pk, at_once=True)
        return status

    assert at_once([deliver] * 3) == [200, 200, 200]
    assert Message.objects.count() == 1
    assert ledger.counts()["received"] == 3


def test_a_broken_event_among_others_is_kept_and_loses_none() -> None:
    row = channel("sparkpost")
    events = [payload("sparkpost/relay")[0], {"msys": {"relay_message": {}}}, payload("sparkpost/relay_base64")[0]]
    assert post(door(row, "sparkpost"), events, service="sparkpost").status_code == 200
    event = processed()
    assert event.state == "quarantined" and "Event 2 of 3" in event.reason
    assert Message.objects.count() == len(event.outcome["messages"]) == 2


def test_a_status_of_a_stranger_keeps_back_no_other_event() -> None:
    row = channel("sparkpost")
    delivery, bounce = payload("sparkpost/delivery")[0], payload("sparkpost/bounce")[0]
    assert post(door(row, "sparkpost"), [delivery, bounce], service="sparkpost").status_code == 200
    assert processed().state == "received"  # waits for the message to be known


def test_what_was_refused_for_our_own_mistyped_secret_can_be_replayed() -> None:
    row = channel("postmark", secret="onethread:mistyped")
    assert post(door(row, "postmark"), payload(IN["postmark"]), service="postmark").status_code == 403
    event = InboundEvent.objects.get()
    assert not ledger.reopen(event)
    connection = Connection.objects.get(is_active=True)
    connection.credentials = CREDENTIALS["postmark"]
    connection.save()
    event = InboundEvent.objects.select_related("channel").get()
    assert ledger.reopen(event)
    assert processed().state == "processed"
    assert Message.objects.get().text == "It is broken. Grüße"


def test_a_stranger_can_not_bring_a_fingerprint_of_his_own() -> None:
    from channels_ingest import proofs

    row = channel("postmark")
    post(door(row, "postmark"), payload(IN["postmark"]), service="postmark", secret="x:y")
    event = InboundEvent.objects.select_related("channel").get()
    assert not ledger.reopen(event)
    forged = ledger.raw(event)
    forged = type(forged)(
        forged.method, forged.path + "again/", "", {proofs.FINGERPRINT: proofs.fingerprint(basic())}, forged.body,
        forged.received_at,
    )  # fmt: skip
    accepted = ledger.accept(row, forged)
    assert not accepted.is_verified
    assert proofs.FINGERPRINT not in accepted.event.headers


def test_a_replay_over_the_api_of_a_forged_webhook_is_refused() -> None:
    row = channel("mailgun")
    post(door(row, "mailgun"), payload(IN["mailgun"]), service="mailgun", secret="x:y")
    grace = build.user("Grace", User.Role.ADMIN)
    headers = {"authorization": f"Bearer {build.token(grace)}"}
    answer = Client().post(f"/api/v1/inbound-events/{InboundEvent.objects.get().pk}/replay/", headers=headers)
    assert answer.status_code == 400


def test_a_list_of_no_events_is_ignored_with_a_reason() -> None:
    row = channel("sparkpost")
    post(door(row, "sparkpost"), [], service="sparkpost")
    event = processed()
    assert (event.state, event.reason) == ("ignored", "It says nothing.")
