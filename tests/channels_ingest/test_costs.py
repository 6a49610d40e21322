"""What a message cost is learned after the fact, and kept as an event for the reports."""

from __future__ import annotations

from decimal import Decimal

import pytest

from channels_ingest import outbox
from channels_ingest.models import Connection
from conversations.actions import actors, replying, reporting
from conversations.delivery_progress import Progress
from conversations.models import Delivery
from doubles import background
from helpdesk.events.models import Event
from tests import build
from tests.waiting import eventually

pytestmark = pytest.mark.django_db


def test_the_price_of_a_text_is_asked_for_once_it_was_delivered():
    sms = build.channel("sms")
    build.sms(sms)
    ada = build.user("Ada")
    with background.running({build.TWILIO["account_sid"]: build.TWILIO["auth_token"]}) as far_side:
        Connection.objects.update(settings={"base_url": far_side.twilio_url})
        replying.reply(build.conversation(), replying.Outgoing("On its way"), by=actors.agent(ada), user=ada)
        delivery = Delivery.objects.get()
        outbox.deliver(delivery.pk)
        delivery.refresh_from_db()
        reporting.note_progress(sms, Progress("delivered", delivery.provider_message_id))
        assert reporting.without_cost() == [delivery.pk]

        def priced() -> bool:
            outbox.look_up_cost(delivery.pk)
            delivery.refresh_from_db()
            return delivery.cost is not None

        eventually(priced)

    assert (delivery.cost, delivery.currency) == (Decimal("0.0079"), "USD")
    assert Decimal(Event.objects.get(type="delivery.priced").facts["cost"]) == delivery.cost
    assert reporting.without_cost() == []
