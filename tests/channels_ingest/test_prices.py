"""What a text will cost is known before it is written: by the provider's list, then by what was paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from channels_ingest import pricing
from channels_ingest.adapters.outgoing import ListedPrice
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection
from conversations import prices, public
from conversations.actions import actors, delivering, replying
from conversations.actions import prices as learning
from conversations.delivery_progress import Progress
from conversations.models import Channel, Delivery, Message, MessagePrice
from doubles import background
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build

pytestmark = pytest.mark.django_db

GERMAN, BRITISH, KOSOVAN = "+4915112345678", "+447700900123", "+38344123456"


@pytest.fixture(name="far_side", scope="module")
def fixture_far_side() -> Iterator[background.Running]:
    with background.running({build.TWILIO["account_sid"]: build.TWILIO["auth_token"]}) as running:
        yield running


@pytest.fixture(name="sms")
def fixture_sms(far_side: background.Running) -> Channel:
    channel = build.channel("sms")
    Connection.objects.update(settings={"base_url": far_side.twilio_url, "pricing_url": far_side.twilio_url})
    return channel


def newest() -> Message:
    return Message.objects.latest("pk")


def told(channel: Channel) -> object:
    """What the composer is told of the writer's ways."""
    customer = newest().conversation.customer
    (address,) = public.customer(customer, [channel])["identities"]
    return address["reach"][0]["prices"]


def answer(to: Message, text: str, **more: Any) -> Delivery:
    ada = User.objects.filter(name="Ada").first() or build.user("Ada")
    outgoing = replying.Outgoing("" if more.get("template") else text, **more)
    return replying.reply(to.conversation, outgoing, by=actors.agent(ada), user=ada).delivery


def paid(delivery: Delivery, cost: str, **more: Any) -> None:
    progress = Progress("sent", f"SM{delivery.pk}", cost=cost, currency="USD", **more)
    delivering.note_sent(delivery.pk, progress)


def test_the_list_of_the_writers_country_is_asked_and_told(sms: Channel) -> None:
    build.sms(sms, sender=GERMAN)
    assert told(sms) == {}

    pricing.look_up(newest().pk)

    assert told(sms) == {"": {"lowest": "0.099000", "highest": "0.104700", "currency": "USD"}}
    assert prices.is_known(sms, "DE")


def test_the_price_is_that_of_our_kind_of_number(sms: Channel) -> None:
    connection = Connection.objects.select_related("channel").get()
    for number, expected in (("+18005550100", "0.0079"), ("+12125550100", "0.0083"), ("MG" + "1" * 32, "0.0083")):
        connection.channel.address = number
        found = adapter_for(connection).list_price("US")
        assert isinstance(found, ListedPrice)
        assert (found.lowest, found.highest) == (Decimal("0.0079"), Decimal(expected))


def test_a_country_without_a_price_is_not_asked_again(sms: Channel, far_side: background.Running) -> None:
    build.sms(sms, sender=KOSOVAN)
    pricing.look_up(newest().pk)
    asked = len(far_side.twilio.store.requests)
    assert asked

    pricing.look_up(newest().pk)

    assert len(far_side.twilio.store.requests) == asked
    assert told(sms) == {}


def test_a_list_that_cannot_be_asked_now_is_asked_again(sms: Channel) -> None:
    Connection.objects.update(settings={"pricing_url": "http://127.0.0.1:9"})
    build.sms(sms, sender=GERMAN)
    pricing.look_up(newest().pk)
    assert not MessagePrice.objects.exists()


def test_what_was_paid_counts_more_than_the_list(sms: Channel) -> None:
    build.sms(sms, sender=GERMAN)
    learning.note_listed(sms, "DE", lowest=Decimal("0.09"), highest=Decimal("0.11"), currency="USD")
    paid(answer(newest(), "In two parts"), "-0.1850", segment_count=2)
    assert told(sms) == {"": {"lowest": "0.092500", "highest": "0.092500", "currency": "USD"}}


def test_another_country_has_another_price(sms: Channel) -> None:
    learning.note_listed(sms, "DE", lowest=Decimal("0.09"), highest=Decimal("0.09"), currency="USD")
    build.sms(sms, sender=BRITISH)
    assert told(sms) == {}


def test_a_template_and_own_words_cost_their_own() -> None:
    whatsapp = build.channel("whatsapp")
    build.whatsapp(whatsapp)
    for template, cost in ((None, "0.005"), (build.template(whatsapp, category="marketing"), "0.0693")):
        paid(answer(newest(), "News", template=template), cost)
    assert told(whatsapp) == {
        "": {"lowest": "0.005000", "highest": "0.005000", "currency": "USD"},
        "marketing": {"lowest": "0.069300", "highest": "0.069300", "currency": "USD"},
    }


def test_a_text_asks_for_its_countrys_price_by_itself(sms: Channel, django_capture_on_commit_callbacks, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr("channels_ingest.tasks.enqueue", lambda task, row, **_: asked.append(row))
    build.sms(sms, sender=GERMAN)
    with django_capture_on_commit_callbacks(execute=True):
        pricing.on_message(Event.objects.get(type="message.created"))
    assert asked == [newest().pk]
