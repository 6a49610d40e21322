"""Templates from the provider's list to the customer, and what an agent sees where a provider refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from channels_ingest import outbox, processing, template_sync
from channels_ingest.models import Connection, InboundEvent
from conversations.actions import actors, replying
from conversations.models import Channel, Delivery, Message, MessageTemplate
from customers.actions import consent
from customers.models import Consent
from doubles.background import Running, running
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.signing import twilio_post
from tests.channels_ingest.whatsapp.requests import payload, value
from tests.channels_ingest.whatsapp.test_doors import post

pytestmark = pytest.mark.django_db
WABA = "102290129340398"


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    with running({build.TWILIO["account_sid"]: build.TWILIO["auth_token"]}) as far_side:
        yield far_side


@pytest.fixture
def far_side(doubles: Running) -> Running:
    for url in (doubles.graph_url, doubles.twilio_url):
        httpx.post(f"{url}/reset")
        httpx.post(f"{url}/behaviour", json={"callbacks": {"is_off": True}}).raise_for_status()
    number = {"phone_number_id": build.PHONE_NUMBER_ID, "access_token": build.META["access_token"]}
    httpx.post(f"{doubles.graph_url}/numbers", json=number).raise_for_status()
    return doubles


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def cloud(far_side: Running) -> Channel:
    channel = build.channel("whatsapp", provider="whatsapp_cloud")
    settings = {"phone_number_id": build.PHONE_NUMBER_ID, "base_url": far_side.graph_url, "business_account_id": WABA}
    Connection.objects.filter(channel=channel).update(settings=settings)
    return channel


@pytest.fixture
def twilio(far_side: Running) -> Channel:
    channel = build.channel("whatsapp")
    Connection.objects.filter(channel=channel).update(
        settings={"base_url": far_side.twilio_url, "content_url": far_side.twilio_url}
    )
    return channel


def wrote(channel: Channel, **ago: float) -> Message:
    return build.whatsapp(channel, occurred_at=timezone.now() - timedelta(**ago)).message


def template(channel: Channel, name: str) -> MessageTemplate:
    return MessageTemplate.objects.get(channel=channel, name=name)


def send(ada: User, channel: Channel, name: str, **values: str) -> Delivery:
    given = {key.removeprefix("v"): value for key, value in values.items()}
    outgoing = replying.Outgoing(template=template(channel, name), values=given)
    message = replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada)
    outbox.deliver(message.delivery.pk)
    return Delivery.objects.get(pk=message.delivery.pk)


def free(ada: User) -> Delivery:
    message = replying.reply(build.conversation(), replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada)
    return message.delivery


def shown(delivery: Delivery) -> tuple[str, bool]:
    """What the agent sees: the state, and whether a template is offered."""
    message = Message.objects.get(pk=delivery.message_id)
    return message.delivery_state, message.wants_template


def log(url: str) -> Any:
    return httpx.get(f"{url}/log").json()["messages"]


def test_a_list_is_taken_over_with_its_time(cloud: Channel, twilio: Channel) -> None:
    assert template_sync.sync(cloud.pk) == template_sync.sync(twilio.pk) == ""
    assert template(cloud, "parcel_update").state == "approved"
    assert template(twilio, "order_update").state == "approved"
    assert Connection.objects.filter(templates_synced_at=None).count() == 0


def test_each_provider_is_asked_once_an_hour(cloud: Channel, twilio: Channel) -> None:
    build.channel("sms")
    assert template_sync.due() == [cloud.pk, twilio.pk]
    template_sync.sync(cloud.pk)
    assert template_sync.due() == [twilio.pk]
    Connection.objects.filter(channel=cloud).update(templates_asked_at=timezone.now() - timedelta(minutes=61))
    assert cloud.pk in template_sync.due()


def test_why_a_list_could_not_be_had_is_kept_and_what_was_known_stays(cloud: Channel) -> None:
    template_sync.sync(cloud.pk)
    connection = Connection.objects.get(channel=cloud)
    connection.settings.pop("business_account_id")
    connection.save()
    assert "no WhatsApp business account ID" in template_sync.sync(cloud.pk)
    connection.refresh_from_db()
    assert "no WhatsApp business account ID" in connection.templates_error
    assert template(cloud, "parcel_update").state == "approved"
    assert template_sync.due() == []


@pytest.mark.parametrize("provider", ["cloud", "twilio"])
def test_a_template_reaches_whom_free_words_would_not(
    provider: str, request: pytest.FixtureRequest, far_side: Running, ada: User
) -> None:
    channel: Channel = request.getfixturevalue(provider)
    wrote(channel, days=3)
    template_sync.sync(channel.pk)
    name, values = (
        ("follow_up", {"v1": "4711"}) if provider == "cloud" else ("order_update", {"v1": "Jo", "v2": "FH-1"})
    )
    delivery = send(ada, channel, name, **values)
    assert (delivery.state, shown(delivery)) == ("sending", ("sending", False))
    (sent,) = log(far_side.graph_url if provider == "cloud" else far_side.twilio_url)
    assert sent["body"] in delivery.message.text


def closing_meanwhile(channel: Channel, ada: User) -> Delivery:
    """Queued in the last second of the window, tried after it."""
    message = wrote(channel, hours=23, minutes=59)
    delivery = free(ada)
    Message.objects.filter(pk=message.pk).update(occurred_at=timezone.now() - timedelta(hours=25))
    return delivery


def test_a_window_that_closed_while_a_message_waited_asks_the_agent(
    cloud: Channel, far_side: Running, ada: User
) -> None:
    delivery = closing_meanwhile(cloud, ada)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "window_closed")
    assert "send a template" in delivery.error
    assert shown(delivery) == ("failed", True)
    assert log(far_side.graph_url) == [] and Delivery.objects.count() == 1


def test_a_lost_attempt_is_looked_up_before_the_window_is_asked(cloud: Channel, twilio: Channel, ada: User) -> None:
    url = Connection.objects.get(channel=twilio).settings["base_url"]
    Connection.objects.filter(channel=twilio).update(settings={"base_url": url, "read_timeout_seconds": 1})
    httpx.post(f"{url}/behaviour", json={"next": [{"is_dropped": True, "is_taken": True}]}).raise_for_status()
    message = wrote(twilio, hours=23)
    delivery = free(ada)
    outbox.deliver(delivery.pk)
    Message.objects.filter(pk=message.pk).update(occurred_at=timezone.now() - timedelta(hours=25))
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(pk=delivery.pk).update(not_before=past)
    outbox.deliver(delivery.pk)
    assert shown(delivery) == ("sending", False)  # it had arrived
    assert len(log(url)) == 1


@pytest.mark.parametrize("provider", ["cloud", "twilio"])
def test_a_window_that_only_the_provider_knows_closed_offers_a_template(
    provider: str, request: pytest.FixtureRequest, far_side: Running, ada: User
) -> None:
    channel: Channel = request.getfixturevalue(provider)
    wrote(channel, hours=1)
    delivery = free(ada)
    if provider == "cloud":
        httpx.post(f"{far_side.graph_url}/behaviour", json={"is_window_strict": True}).raise_for_status()
        outbox.deliver(delivery.pk)
    else:
        outbox.deliver(delivery.pk)
        delivery.refresh_from_db()
        told_by_twilio(channel, delivery, "63016")
    delivery.refresh_from_db()
    assert delivery.error_code == ("131047" if provider == "cloud" else "63016")
    assert "only an approved template" in delivery.error
    assert shown(delivery) == ("failed", True)


def told_by_twilio(channel: Channel, delivery: Delivery, code: str) -> None:
    fields = {"MessageSid": delivery.provider_message_id, "MessageStatus": "failed", "ErrorCode": code}
    fields |= {"AccountSid": build.TWILIO["account_sid"], "To": f"whatsapp:{build.JO_PHONE}"}
    path = f"/webhooks/{channel.pk}/status/?delivery={delivery.idempotency_key}"
    assert twilio_post(channel, fields, path=path).status_code == 200
    processing.process(InboundEvent.objects.latest("pk").pk)


def change(far_side: Running, **fields: Any) -> None:
    body = {"type": "BODY", "text": fields.pop("text", "We have news on your request {{1}}. May we write to you here?")}
    told = {"name": "follow_up", "components": [body], **fields}
    httpx.post(f"{far_side.graph_url}/templates", json=told).raise_for_status()


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"status": "PAUSED"}, "132015", "paused"),
        ({"status": "REJECTED"}, "132001", "no such template"),
        ({"text": "{{1}} and {{2}} are new."}, "132000", "another number of values"),
    ],
)
def test_a_template_that_changed_at_meta_meanwhile_fails_with_words_and_offers_another(
    cloud: Channel, far_side: Running, ada: User, fields: dict[str, Any], code: str, words: str
) -> None:
    wrote(cloud, days=2)
    template_sync.sync(cloud.pk)
    change(far_side, **fields)
    delivery = send(ada, cloud, "follow_up", v1="4711")
    assert (delivery.state, delivery.error_code) == ("failed", code)
    assert words in delivery.error
    assert shown(delivery) == ("failed", True)


@pytest.mark.parametrize("code", ["63027", "63040", "63041", "63042"])
def test_whatsapps_late_refusal_of_a_twilio_template_offers_another(twilio: Channel, ada: User, code: str) -> None:
    wrote(twilio, days=2)
    template_sync.sync(twilio.pk)
    delivery = send(ada, twilio, "order_update", v1="Jo", v2="FH-1")
    told_by_twilio(twilio, delivery, code)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code, shown(delivery)) == ("failed", code, ("failed", True))


def test_a_template_paused_while_its_message_waited_is_not_sent(cloud: Channel, far_side: Running, ada: User) -> None:
    wrote(cloud, days=2)
    template_sync.sync(cloud.pk)
    outgoing = replying.Outgoing(template=template(cloud, "hello_world"))
    delivery = replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada).delivery
    MessageTemplate.objects.filter(name="hello_world").update(state="paused")
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.error_code, shown(delivery)) == ("template_unfit", ("failed", True))
    assert "paused" in delivery.error and log(far_side.graph_url) == []


def test_no_agent_sends_words_she_has_not_seen(cloud: Channel, far_side: Running, ada: User) -> None:
    wrote(cloud, days=2)
    template_sync.sync(cloud.pk)
    outgoing = replying.Outgoing(template=template(cloud, "follow_up"), values={"1": "4711"})
    delivery = replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada).delivery
    change(far_side, text="We are sorry about {{1}}.")
    template_sync.sync(cloud.pk)
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.error_code, log(far_side.graph_url)) == ("template_changed", [])


def update(**changes: Any) -> dict[str, Any]:
    content = payload("template_status")
    value(content).update(changes)
    return content


def processed() -> InboundEvent:
    event = InboundEvent.objects.latest("pk")
    processing.process(event.pk)
    event.refresh_from_db()
    return event


def test_metas_word_on_a_template_counts_at_once_on_every_number_of_the_account(cloud: Channel) -> None:
    second = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550009")
    Connection.objects.filter(channel=second).update(settings={"phone_number_id": "2", "business_account_id": WABA})
    rows = [build.template(channel, provider_id="17") for channel in (cloud, second)]
    post(cloud, update(event="PAUSED", message_template_id=17, reason="NONE"))
    assert processed().state == "ignored"
    for row in rows:
        row.refresh_from_db()
        assert row.state == "paused"


def test_a_word_on_an_account_counts_only_for_who_shares_its_secret(cloud: Channel) -> None:
    stranger = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550009")
    row = build.template(stranger, provider_id="17")
    Connection.objects.filter(channel=cloud).update(settings={"phone_number_id": "1"})
    connection = Connection.objects.get(channel=stranger)
    connection.settings = {"phone_number_id": "2", "business_account_id": WABA}
    connection.credentials = {**build.META, "app_secret": "another"}
    connection.save()
    post(cloud, update(event="DISABLED", message_template_id=17))
    event = processed()
    row.refresh_from_db()
    assert row.state == "approved" and "no channel's here" in event.reason


def test_who_switched_off_advertisements_gets_none_and_everything_else(
    cloud: Channel, far_side: Running, ada: User
) -> None:
    wrote(cloud, days=2)
    template_sync.sync(cloud.pk)
    content = payload("user_preferences")
    jo = build.JO_PHONE.removeprefix("+")
    value(content)["contacts"][0]["wa_id"] = jo
    value(content)["user_preferences"][0] |= {"wa_id": jo, "timestamp": int(timezone.now().timestamp())}
    post(cloud, content)
    processed()
    assert Consent.objects.get().source == "preferences"
    with pytest.raises(replying.CannotReach, match="switched off marketing"):
        send(ada, cloud, "spring_offer", v1="10 %", v2="Sunday")
    assert send(ada, cloud, "follow_up", v1="4711").state == "sending"


def test_metas_refusal_of_an_advertisement_is_noted(cloud: Channel, far_side: Running, ada: User) -> None:
    wrote(cloud, days=2)
    template_sync.sync(cloud.pk)
    delivery = send(ada, cloud, "spring_offer", v1="10 %", v2="Sunday")
    content = payload("status_failed")
    told = {"id": delivery.provider_message_id, "errors": [{"code": 131050, "title": "Stopped"}]}
    value(content)["statuses"][0] |= {**told, "biz_opaque_callback_data": delivery.idempotency_key}
    post(cloud, content)
    processed()
    assert delivery.identity is not None
    entry = consent.stopped_by(delivery.identity, "whatsapp", for_marketing=True)
    assert entry is not None and (entry.source, entry.words) == ("provider", "error 131050")
    assert shown(delivery)[0] == "failed"


def test_yes_by_text_opens_again_only_what_a_stop_has_closed(far_side: Running) -> None:
    sms = build.channel("sms")
    for number, (text, expected) in enumerate([("YES", 0), ("STOP", 1), ("Yes.", 2), ("yes", 2)]):
        fields = {"MessageSid": f"SM{number:032}", "AccountSid": build.TWILIO["account_sid"], "Body": text}
        twilio_post(sms, {**fields, "From": build.JO_PHONE, "To": sms.address, "NumMedia": "0"})
        processed()
        assert Consent.objects.count() == expected, text
