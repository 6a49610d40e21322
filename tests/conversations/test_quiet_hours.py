"""At night nothing leaves that nobody asked for; what somebody waits for goes at once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from conversations import sending
from conversations.actions import actors, claiming, delivering, replying
from conversations.actions.actors import AI
from conversations.delivery_progress import Progress
from conversations.models import Channel, Delivery, Message, OpeningHours
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def whatsapp() -> Channel:
    """Quiet now and for some hours more."""
    now = timezone.now()
    channel = build.channel("whatsapp")
    begins, ends = (now - timedelta(hours=1)).time(), (now + timedelta(hours=6)).time()
    Channel.objects.filter(pk=channel.pk).update(quiet_from=begins, quiet_until=ends)
    channel.refresh_from_db()
    return channel


def night(channel: Channel, begins: time, ends: time, zone: str = "") -> Channel:
    if zone:
        channel.desk.opening_hours = OpeningHours.objects.create(name="Ours", timezone=zone)
        channel.desk.save()
    channel.quiet_from, channel.quiet_until = begins, ends
    return channel


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-03T21:30", "2026-03-04T08:00"),
        ("2026-03-04T02:00", "2026-03-04T08:00"),
        ("2026-03-04T07:59", "2026-03-04T08:00"),
        ("2026-03-04T08:00", None),
        ("2026-03-04T20:59", None),
    ],
)
def test_a_night_goes_past_midnight(now: str, until: str | None) -> None:
    channel = night(build.channel("sms"), time(21), time(8))
    assert sending.quiet_until(channel, at(now)) == (at(until) if until else None)


def test_the_desks_own_clock_counts() -> None:
    channel = night(build.channel("sms"), time(21), time(8), "America/New_York")
    assert sending.quiet_until(channel, at("2026-01-05T03:00")) == at("2026-01-05T13:00")
    assert sending.quiet_until(channel, at("2026-01-05T15:00")) is None


def test_a_channel_without_quiet_hours_has_none() -> None:
    assert sending.quiet_until(build.channel("sms"), timezone.now()) is None


def offer(whatsapp: Channel, ada: User) -> Delivery:
    template = build.template(whatsapp, category="marketing")
    outgoing = replying.Outgoing(template=template)
    return replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada).delivery


def test_an_advertisement_is_held_until_the_morning_and_says_so(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    delivery = offer(whatsapp, ada)
    assert claiming.claim(delivery.pk) is None
    delivery.refresh_from_db()
    message = Message.objects.get(pk=delivery.message_id)
    assert (delivery.state, message.delivery_state) == ("held", "held")
    assert message.held_until == delivery.not_before > timezone.now() + timedelta(hours=5)
    event = Event.objects.get(type="delivery.held")
    assert datetime.fromisoformat(event.facts["until"]) == delivery.not_before
    assert claiming.due() == [] and claiming.claim(delivery.pk) is None


def morning(delivery: Delivery) -> None:
    Channel.objects.update(quiet_from=None, quiet_until=None)
    Delivery.objects.filter(pk=delivery.pk).update(not_before=timezone.now() - timedelta(seconds=1))


def test_in_the_morning_it_goes_by_itself(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    delivery = offer(whatsapp, ada)
    claiming.claim(delivery.pk)
    morning(delivery)
    assert claiming.due() == [delivery.pk]
    assert claiming.claim(delivery.pk) is not None
    message = Message.objects.get(pk=delivery.message_id)
    assert Delivery.objects.get().state == "sending"
    delivering.note_sent(delivery.pk, Progress("sent", provider_message_id="SM1"))
    message.refresh_from_db()
    assert (message.delivery_state, message.held_until) == ("sent", None)


def test_in_the_morning_a_stop_of_the_night_counts(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    delivery = offer(whatsapp, ada)
    claiming.claim(delivery.pk)
    build.whatsapp(whatsapp, "STOP", opt_out="stop")
    morning(delivery)
    assert claiming.claim(delivery.pk) is None
    assert Delivery.objects.get().error_code == "opted_out"


def test_an_agents_own_words_go_at_once(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    message = replying.reply(build.conversation(), replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada)
    assert claiming.claim(message.delivery.pk) is not None


def test_a_template_that_does_not_advertise_goes_at_once(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    outgoing = replying.Outgoing(template=build.template(whatsapp))
    message = replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada)
    assert claiming.claim(message.delivery.pk) is not None


def test_the_assistant_answers_who_is_there_and_lets_others_sleep(whatsapp: Channel) -> None:
    asked = build.whatsapp(whatsapp).message
    answered = replying.reply(build.conversation(), replying.Outgoing("In two days."), by=AI)
    assert claiming.claim(answered.delivery.pk) is not None
    Message.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(hours=2))
    reminder = replying.reply(build.conversation(), replying.Outgoing("Did it come?"), by=AI)
    assert claiming.claim(reminder.delivery.pk) is None
    assert Delivery.objects.get(message=reminder).state == "held"
