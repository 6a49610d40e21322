"""WhatsApp lets us only answer: for 24 hours after the customer's own message, on the channel it came by."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from conversations import reach
from conversations.actions import actors, people, replying
from conversations.models import Channel, Message
from customers.models import Identity
from helpdesk.accounts.models import User
from tests import build

USER_ID = "US.111"


@pytest.fixture
def whatsapp(db: None) -> Channel:
    return build.channel("whatsapp")


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def way(channel: Channel, identity: Identity | None) -> reach.Way:
    assert identity is not None
    (found,) = reach.ways(identity, [channel])
    return found


@pytest.fixture
def ada(db: None) -> User:
    return build.user("Ada")


def test_the_window_is_open_for_a_day_after_the_customer_wrote(whatsapp: Channel) -> None:
    at = ago(hours=23)
    identity = build.whatsapp(whatsapp, occurred_at=at).message.identity
    found = way(whatsapp, identity)
    assert (found.is_open, found.why, found.closes_at) == (True, "", at + timedelta(hours=24))


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (timedelta(hours=24, seconds=10), "1 min"),
        (timedelta(hours=24, minutes=20), "20 min"),
        (timedelta(hours=27, minutes=5), "3 h"),
        (timedelta(days=4), "3 days"),
    ],
)
def test_a_closed_window_says_since_when(whatsapp: Channel, gone: timedelta, words: str) -> None:
    identity = build.whatsapp(whatsapp, occurred_at=timezone.now() - gone).message.identity
    found = way(whatsapp, identity)
    assert not found.is_open
    assert (
        found.why
        == f"The WhatsApp window closed {words} ago: send a template, or answer once the customer writes again"
    )


def test_it_counts_from_when_it_was_written_not_from_when_it_came(whatsapp: Channel) -> None:
    late = build.whatsapp(whatsapp, occurred_at=ago(hours=25)).message
    assert not way(whatsapp, late.identity).is_open
    ahead = build.whatsapp(whatsapp, occurred_at=timezone.now() + timedelta(days=3)).message
    closes_at = way(whatsapp, ahead.identity).closes_at
    assert closes_at is not None and closes_at <= timezone.now() + timedelta(hours=24)


def test_each_number_of_ours_has_its_own_window(whatsapp: Channel) -> None:
    other = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550003")
    identity = build.whatsapp(whatsapp).message.identity
    assert way(whatsapp, identity).is_open
    assert not way(other, identity).is_open
    assert "nothing came from this address" in way(other, identity).why


def test_an_account_is_a_way_of_its_own_only_where_it_wrote_without_its_number(whatsapp: Channel) -> None:
    other = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550003")
    build.whatsapp(whatsapp, user_id=USER_ID)
    account = Identity.objects.get(kind="whatsapp_user")
    assert reach.ways(account, [whatsapp, other]) == []
    build.whatsapp(other, number="", user_id=USER_ID)
    assert [found.channel for found in reach.ways(account, [whatsapp, other])] == [other]


def test_a_text_message_opens_no_whatsapp_window(whatsapp: Channel) -> None:
    identity = build.sms(build.channel("sms")).message.identity
    assert not way(whatsapp, identity).is_open


def test_reactions_and_our_own_words_open_nothing(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp, occurred_at=ago(hours=23))
    replying.reply(build.conversation(), replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada)
    reaction = build.whatsapp(whatsapp, "Reacted with 👍", not_work="reaction").message
    Message.objects.filter(not_work="").update(occurred_at=ago(hours=25), created_at=ago(hours=25))
    assert not way(whatsapp, reaction.identity).is_open


def test_a_reply_outside_the_window_is_refused_with_the_reason(whatsapp: Channel, ada: User) -> None:
    message = build.whatsapp(whatsapp, occurred_at=ago(hours=27)).message
    outgoing = replying.Outgoing("Yes?", channel=whatsapp, identity=message.identity)
    with pytest.raises(replying.CannotReach, match="The WhatsApp window closed 3 h ago"):
        replying.reply(message.conversation, outgoing, by=actors.agent(ada), user=ada)
    with pytest.raises(replying.CannotReach):
        replying.reply(message.conversation, replying.Outgoing("Yes?"), by=actors.agent(ada), user=ada)


def test_a_stop_closes_the_way_whatever_the_window_says(whatsapp: Channel) -> None:
    identity = build.whatsapp(whatsapp, "STOP", opt_out="stop").message.identity
    found = way(whatsapp, identity)
    assert not found.is_open and not found.takes_template
    assert found.why.startswith("The customer wrote STOP on ")


def test_codes_go_by_sms_and_never_outside_a_window(whatsapp: Channel) -> None:
    session = build.chat(build.channel("chat")).message.identity
    assert session is not None
    assert people.claim_and_challenge(session, "phone", build.JO_PHONE, as_seen=build.JO_PHONE) is None
    sms = build.channel("sms")
    assert people.claim_and_challenge(session, "phone", build.JO_PHONE, as_seen=build.JO_PHONE) is not None
    assert Message.objects.latest("pk").channel == sms
