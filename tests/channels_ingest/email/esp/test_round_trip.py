"""A customer and an agent write to each other through the double, which calls a real server back."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from channels_ingest import outbox, processing, tasks
from channels_ingest.models import Connection, InboundEvent
from conversations.actions import actors, delivering, replying
from conversations.models import Channel, Delivery, Message
from conversations.recipients import Recipients, typed
from customers.actions import consent, health
from customers.assurance import Assurance
from doubles.background import Running, running
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.email.esp.requests import CREDENTIALS, SECRET, SIGNING_KEY, channel
from tests.transactional import commits
from tests.waiting import eventually

pytestmark = commits
SERVICES = ["postmark", "mailgun"]
QUESTION = (
    "From: Jo Miller <jo@customer.example>\r\nTo: help@shop.example\r\nSubject: Kettle\r\n"
    "Message-ID: <k1@customer.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIt is broken.\r\n"
)


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    with running() as far_side:
        yield far_side


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes what comes in before the service has its answer."""

    def handle(task: Any, row_id: int, *, queue: str = "") -> None:
        if task is tasks.process:
            processing.process(row_id)

    monkeypatch.setattr(tasks, "enqueue", handle)


class FarSide:
    """A service with our channel's address in its settings."""

    def __init__(self, url: str, service: str, row: Channel, server: str) -> None:
        self.url, self.service = url, service
        base = f"{server.replace('://', f'://{SECRET}@')}/webhooks/{row.pk}/{service}/"
        self.account = {
            "service": service,
            "key": {"postmark": "token", "mailgun": "key"}[service],
            "domain": "shop.example",
            "signing_key": SIGNING_KEY,
            "inbound_url": base,
            "tracking_url": base,
        }
        self.tell("reset")
        self.tell("accounts", **self.account)

    def tell(self, what: str, **content: Any) -> Any:
        answer = httpx.post(f"{self.url}/{what}", json=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hands_over_whole_mails(self) -> None:
        ending = "mime" if self.service == "mailgun" else ""
        self.tell("accounts", **self.account | {"is_raw": True, "inbound_url": self.account["inbound_url"] + ending})

    def mail(self, raw: str, recipient: str = "help@shop.example", times: int = 1) -> list[int]:
        encoded = base64.b64encode(raw.encode()).decode()
        told = self.tell("simulate/inbound", service=self.service, recipient=recipient, raw_base64=encoded, times=times)
        return list(told["statuses"])

    def sent(self) -> list[dict[str, Any]]:
        return list(httpx.get(f"{self.url}/log").json()["mails"])


@pytest.fixture(params=SERVICES)
def far_side(request: pytest.FixtureRequest, doubles: Running, live_server: Any) -> Iterator[FarSide]:
    service = request.param
    api = f"{doubles.esp_url}/v3/" if service == "mailgun" else doubles.esp_url
    row = channel(service, settings={"api_url": api})
    yield FarSide(doubles.esp_url, service, row, live_server.url)
    eventually(lambda: not doubles.esp.is_busy)


def answered(text: str = "A new one is on its way.") -> Delivery:
    """Ada's answer, taken out of the outbox once."""
    ada = User.objects.filter(name="Ada").first() or build.user("Ada")
    message = replying.reply(build.conversation(), replying.Outgoing(text), by=actors.agent(ada), user=ada)
    outbox.deliver(message.delivery.pk)
    return Delivery.objects.select_related("message").get(pk=message.delivery.pk)


def again(delivery: Delivery) -> Delivery:
    """The next attempt, as if ten minutes had passed."""
    gone = timedelta(minutes=10)
    Delivery.objects.filter(pk=delivery.pk).update(not_before=timezone.now() - gone, attempted_at=timezone.now() - gone)
    outbox.deliver(delivery.pk)
    return Delivery.objects.get(pk=delivery.pk)


def wait_for(delivery: Delivery, state: str) -> Delivery:
    eventually(lambda: Delivery.objects.get(pk=delivery.pk).state == state)
    return Delivery.objects.get(pk=delivery.pk)


@pytest.mark.parametrize("is_whole", [False, True])
def test_an_answer_leaves_and_the_reply_to_it_comes_home(far_side: FarSide, is_whole: bool) -> None:
    if is_whole:
        far_side.hands_over_whole_mails()
    assert far_side.mail(QUESTION, times=2) == [200, 200]
    delivery = wait_for(answered(), "delivered")
    (sent,) = far_side.sent()
    assert sent["in_reply_to"] == "<k1@customer.example>"
    assert delivery.provider_message_id == sent["id"]
    assert delivery.message.rfc_message_id == sent["message_id"]

    found = re.search(r"help\+[a-z2-7]{26}@shop\.example", sent["reply_to"])
    assert found is not None
    reply = (
        f"From: Jo Miller <jo@customer.example>\r\nTo: {found.group()}\r\nSubject: Re: Kettle\r\n"
        f"Message-ID: <k2@customer.example>\r\nIn-Reply-To: {sent['message_id']}\r\n\r\n"
        "Thank you, which day?\r\n\r\nOn Tue, 5 May 2026 at 10:11, Fernhill <help@shop.example> wrote:\r\n"
        "> A new one is on its way.\r\n"
    )
    assert far_side.mail(reply, recipient=found.group()) == [200]
    conversation = build.conversation()
    assert conversation.message_count == 3
    last = Message.objects.latest("pk")
    assert (last.text, last.thread_rule) == ("Thank you, which day?", "reference")
    assert last.assurance == Assurance.CHANNEL  # from the address that alone had the token
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"processed"}


def test_a_reply_without_the_token_finds_home_by_our_message_id(far_side: FarSide) -> None:
    far_side.mail(QUESTION)
    wait_for(answered(), "delivered")
    reply = QUESTION.replace("<k1@", "<k2@").replace(
        "Subject: Kettle", f"Subject: Re: Kettle\r\nReferences: {far_side.sent()[0]['message_id']}"
    )
    far_side.mail(reply)
    last = Message.objects.latest("pk")
    assert (last.thread_rule, last.assurance) == ("reference", Assurance.PRESENTED)


def test_a_bounce_that_comes_before_our_call_returns_counts(far_side: FarSide) -> None:
    far_side.mail(QUESTION)
    far_side.tell("behaviour", is_early=True, events=[["deferred", "bounced"]])
    delivery = answered()
    assert (delivery.state, delivery.provider_message_id) == ("failed", far_side.sent()[0]["id"])
    assert (delivery.error_code, delivery.error) == ("5.1.1", "The mailbox does not exist.")
    assert delivery.message.delivery_state == "failed"


def test_reports_only_move_up_and_being_fetched_is_not_being_read(far_side: FarSide) -> None:
    far_side.mail(QUESTION)
    far_side.tell("behaviour", is_silent=True)
    delivery = answered()
    assert delivery.state == "sent"
    for event, state in (
        ("opened", "sent"), ("deferred", "sent"), ("delivered", "delivered"), ("opened", "delivered"),
        ("bounced", "failed"), ("deferred", "failed"), ("delivered", "failed"), ("opened", "failed"),
    ):  # fmt: skip
        far_side.tell("simulate/event", id=far_side.sent()[0]["id"], event=event)
        assert Delivery.objects.get(pk=delivery.pk).state == state, event


def test_whoever_complains_gets_nothing_more(far_side: FarSide) -> None:
    far_side.mail(QUESTION)
    far_side.tell("behaviour", events=[["delivered", "complained"]], is_early=True)
    delivery = answered()
    assert delivery.identity is not None and consent.is_stopped(delivery.identity, "email")
    with pytest.raises(replying.CannotReach):
        answered("Are you still there?")
    assert len(far_side.sent()) == 1


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_lost_answer_is_looked_up_and_the_mail_leaves_once(far_side: FarSide, is_taken: bool) -> None:
    far_side.mail(QUESTION)
    far_side.tell("behaviour", is_silent=True, next=[{"is_dropped": True, "is_taken": is_taken}])
    delivery = answered()
    assert delivery.state == "unknown"
    delivery = again(delivery)
    (sent,) = far_side.sent()
    assert (delivery.state, delivery.provider_message_id) == ("sent", sent["id"])


def test_a_wrong_key_is_shown_on_the_connection_and_mended(far_side: FarSide) -> None:
    far_side.mail(QUESTION)
    connection = Connection.objects.get(is_active=True)
    connection.credentials |= {"server_token": "wrong", "api_key": "wrong"}
    connection.save()
    delivery = answered()
    connection.refresh_from_db()
    assert delivery.state == "queued" and connection.error
    connection.credentials = CREDENTIALS[far_side.service]
    connection.save()
    assert again(delivery).state in ("sent", "delivered")
    assert Connection.objects.get(is_active=True).error == ""


def test_one_mail_carries_all_readers_and_each_has_a_state_of_their_own(far_side: FarSide) -> None:
    question = QUESTION.replace("Subject:", "Cc: Kim <kim@customer.example>\r\nSubject:", 1)
    assert far_side.mail(question) == [200]
    ada = build.user("Ada")
    far_side.tell("behaviour", is_silent=True)
    # Lee knows nothing of what the others wrote: with Lee on it, the mail quotes nothing.
    wish = Recipients(
        typed("to", ["jo@customer.example"]),
        typed("cc", ["Kim <kim@customer.example>"]),
        typed("bcc", ["lee@x.example"]),
    )
    message = replying.reply(
        build.conversation(), replying.Outgoing("On its way.", recipients=wish), by=actors.agent(ada), user=ada
    )
    # The workers take them up in any order, and once more.
    for delivery in [*message.deliveries.order_by("-pk"), *message.deliveries.all()]:
        outbox.deliver(delivery.pk)
    (sent,) = far_side.sent()
    assert (sent["to"], sent["cc"], sent["bcc"]) == (
        "jo@customer.example", "Kim <kim@customer.example>", "lee@x.example",
    )  # fmt: skip
    assert (sent["reply_to"], "> " in sent["text"]) == ("", False)
    assert set(message.deliveries.values_list("state", flat=True)) == {"sent"}

    for event, recipient in (("delivered", "jo@customer.example"), ("bounced", "kim@customer.example")):
        far_side.tell("simulate/event", id=sent["id"], event=event, recipient=recipient)
    found = {one.identity.address: one for one in message.deliveries.select_related("identity") if one.identity}
    states = {address: one.state for address, one in found.items()}
    assert states == {"jo@customer.example": "delivered", "kim@customer.example": "failed", "lee@x.example": "sent"}
    assert Message.objects.get(pk=message.pk).delivery_state == "sent"

    kim = found["kim@customer.example"]
    assert kim.identity is not None
    assert not delivering.retry(kim.pk), "nothing arrives there"
    health.clear(kim.identity, "email")
    assert delivering.retry(kim.pk)
    outbox.deliver(found["kim@customer.example"].pk)
    again = far_side.sent()[-1]
    assert (again["to"], again["cc"], again["bcc"]) == ("Kim <kim@customer.example>", "", "")


def test_a_failed_mail_for_all_is_tried_again_for_all(far_side: FarSide) -> None:
    assert far_side.mail(QUESTION.replace("Subject:", "Cc: kim@customer.example\r\nSubject:", 1)) == [200]
    ada = build.user("Ada")
    message = replying.reply(build.conversation(), replying.Outgoing("Hi"), by=actors.agent(ada), user=ada)
    far_side.tell("behaviour", next=[{"status": 422, "content": {"ErrorCode": 402, "Message": "Bad JSON"}}])
    for delivery in message.deliveries.order_by("pk"):
        outbox.deliver(delivery.pk)
    assert not far_side.sent() or Message.objects.get(pk=message.pk).delivery_state != "failed"
    first = message.deliveries.earliest("pk")
    delivering.retry(first.pk)
    for delivery in message.deliveries.order_by("pk"):
        outbox.deliver(delivery.pk)
    reached = [(one["to"], one["cc"]) for one in far_side.sent()]
    assert sum("kim@" in "".join(one) for one in reached) == 1, "nobody gets it twice"
    assert sum("jo@" in "".join(one) for one in reached) == 1
