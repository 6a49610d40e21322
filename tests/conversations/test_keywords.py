"""STOP, START, YES and HELP: written down with time and words, obeyed everywhere, answered by no machine of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ai_tier1 import turn_queue
from ai_tier1.models import Rollout
from conversations import reach
from conversations.actions import actors, claiming, delivering, replying, wishes
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery, Message
from conversations.not_work import consent_word
from customers.actions import consent
from customers.actions.resolving import Address
from customers.assurance import Assurance
from customers.models import Consent, Identity
from helpdesk.accounts.models import AuditEntry, User
from helpdesk.events.models import Event
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


@pytest.fixture
def whatsapp() -> Channel:
    return build.channel("whatsapp")


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def identity(kind: str = "phone") -> Identity:
    return Identity.objects.get(kind=kind)


def reply(ada: User, text: str = "Yes?") -> Message:
    return replying.reply(build.conversation(), replying.Outgoing(text), by=actors.agent(ada), user=ada)


@pytest.mark.parametrize("text", ["STOP", " stop\n", "Stop.", "STOPALL", "unsubscribe", "Cancel", "END", "quit!"])
def test_a_whole_keyword_is_a_stop_in_any_case_and_with_a_full_stop(text: str) -> None:
    assert consent_word(text) == "stop"


@pytest.mark.parametrize("text", ["STOP please", "don't stop", "stop?", "please cancel my order", "the end", ""])
def test_a_sentence_is_no_keyword(text: str) -> None:
    assert consent_word(text) == ""


def test_a_stop_is_kept_with_its_time_channel_and_exact_words(sms: Channel) -> None:
    at = timezone.now() - timedelta(minutes=5)
    build.sms(sms, "Unsubscribe", opt_out="stop", occurred_at=at)
    row = Consent.objects.get()
    assert (row.state, row.source, row.scope) == ("stopped", "keyword", "all")
    assert (row.words, row.said_to, row.said_at) == ("Unsubscribe", sms.address, at)


def test_a_reply_after_a_stop_is_refused_with_who_when_and_how(sms: Channel, ada: User) -> None:
    build.sms(sms)
    customer = build.conversation().customer
    customer.name = "Jo Meyer"
    customer.save()
    build.sms(sms, "STOP", opt_out="stop")
    day = timezone.now()
    with pytest.raises(replying.CannotReach, match=rf"Jo wrote STOP on {day.day} {day:%b}: nothing may be sent"):
        reply(ada)


def test_a_stop_that_comes_while_a_message_waits_holds_it_back(sms: Channel, ada: User) -> None:
    build.sms(sms)
    delivery = reply(ada).delivery
    build.sms(sms, "STOP", opt_out="stop")
    assert claiming.claim(delivery.pk) is None
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "opted_out")
    assert "wrote STOP on" in delivery.error


def test_start_opens_again_what_a_stop_has_closed(sms: Channel, ada: User) -> None:
    build.sms(sms)
    build.sms(sms, "STOP", opt_out="stop")
    build.sms(sms, "UNSTOP", opt_out="start")
    assert reply(ada).delivery.state == "queued"
    assert [row.state for row in Consent.objects.order_by("pk")] == ["stopped", "started"]


def test_yes_opens_again_after_a_stop_and_is_an_answer_before(sms: Channel) -> None:
    answer = build.sms(sms, "YES", opt_out="yes").message
    assert (answer.not_work, Consent.objects.count()) == ("", 0)
    build.sms(sms, "STOP", opt_out="stop")
    lifted = build.sms(sms, "yes", opt_out="yes").message
    assert lifted.not_work == "start" and not consent.is_stopped(identity(), "sms")
    assert build.sms(sms, "yes", opt_out="yes").message.not_work == ""


def test_the_customers_clock_decides_which_wish_is_the_newer(whatsapp: Channel) -> None:
    now = timezone.now()
    build.whatsapp(whatsapp, "START", opt_out="start", occurred_at=now - timedelta(minutes=1))
    build.whatsapp(whatsapp, "STOP", opt_out="stop", occurred_at=now - timedelta(minutes=2))  # came late
    assert not consent.is_stopped(identity(), "whatsapp")


def test_a_stop_counts_for_the_account_that_showed_itself_with_the_number(whatsapp: Channel) -> None:
    build.whatsapp(whatsapp, "STOP", opt_out="stop", user_id="US.111")
    assert consent.is_stopped(identity("whatsapp_user"), "whatsapp")
    assert consent.is_stopped(identity("phone"), "whatsapp")


def test_whoever_shares_a_number_shares_its_stop(sms: Channel) -> None:
    build.sms(sms, "STOP", opt_out="stop")
    other = Identity.objects.create(
        customer=build.mail(build.channel("email")).message.conversation.customer,
        kind="phone",
        address=build.JO_PHONE,
        assurance=Assurance.VOUCHED,
    )
    assert "wrote STOP" in reach.ways(other, [sms])[0].why


def test_a_stop_on_one_kind_of_channel_leaves_the_others_open(sms: Channel, whatsapp: Channel) -> None:
    build.whatsapp(whatsapp)
    build.sms(sms, "STOP", opt_out="stop")
    assert not consent.is_stopped(identity(), "whatsapp")


def test_help_is_answered_once_with_the_channels_own_text(whatsapp: Channel) -> None:
    Channel.objects.update(help_text="Fernhill. Mail help@shop.example, or STOP to end.")
    whatsapp.refresh_from_db()
    asked = build.whatsapp(whatsapp, "HELP", opt_out="help").message
    build.whatsapp(whatsapp, "help", opt_out="help")  # another machine, perhaps
    sent = Message.objects.get(direction="outbound")
    assert (sent.text, sent.author_kind, asked.not_work) == (whatsapp.help_text, "system", "help")
    assert sent.conversation.state == Conversation.State.RESOLVED


def test_help_that_the_provider_has_answered_is_not_answered_again(sms: Channel) -> None:
    Channel.objects.update(help_text="Fernhill.")
    sms.refresh_from_db()
    build.sms(sms, "HELP", opt_out="help", is_opt_out_answered=True)
    assert not Message.objects.filter(direction="outbound").exists()


def test_after_a_stop_not_even_help_is_answered(sms: Channel) -> None:
    Channel.objects.update(help_text="Fernhill.")
    sms.refresh_from_db()
    build.sms(sms, "STOP", opt_out="stop")
    build.sms(sms, "HELP", opt_out="help")
    assert not Delivery.objects.exists()


def test_a_call_for_help_that_no_text_would_answer_goes_to_people_and_to_no_machine(whatsapp: Channel) -> None:
    Rollout.objects.create(channel=whatsapp, mode=Rollout.Mode.ALWAYS)
    message = build.whatsapp(whatsapp, "Help!", opt_out="help").message
    assert (message.not_work, message.conversation.state) == ("", "open")
    assert not turn_queue.is_for_tier1(message)


@pytest.mark.parametrize("word", ["stop", "start", "help"])
def test_the_assistant_never_looks_at_a_keyword(sms: Channel, word: str) -> None:
    Rollout.objects.create(channel=sms, mode=Rollout.Mode.ALWAYS)
    assert not turn_queue.is_for_tier1(build.sms(sms, word.upper(), opt_out=word).message)
    assert turn_queue.is_for_tier1(build.sms(sms, "Where is my parcel?").message)


def test_an_agent_notes_what_she_was_told_with_the_reason(sms: Channel, ada: User) -> None:
    build.sms(sms)
    told = consent.Wish("sms", "stop", source="agent", words="Said so on the phone")
    wishes.note_by_hand(identity(), told, by=ada)
    assert "Ada noted on" in consent.why_stopped(identity(), "sms")
    assert "wants no messages there: Said so on the phone" in consent.why_stopped(identity(), "sms")
    assert AuditEntry.objects.get(action="consents.noted").actor == ada
    event = Event.objects.get(type="consent.changed")
    assert (event.actor_id, event.facts["source"], event.facts["state"]) == (ada.pk, "agent", "stopped")
    wishes.note_by_hand(identity(), consent.Wish("sms", "start", source="agent", words="Wrote a mail"), by=ada)
    assert reply(ada).delivery.state == "queued"


def test_a_providers_refusal_is_noted_once_with_its_source(sms: Channel, ada: User) -> None:
    build.sms(sms)
    delivery = reply(ada).delivery
    claiming.claim(delivery.pk)
    told = Progress("failed", error_code="21610", error="Stopped", is_opt_out=True)
    delivering.note_sent(delivery.pk, told)
    delivering.note_sent(delivery.pk, told)
    row = Consent.objects.get()
    assert (row.source, row.scope, row.words, row.said_to) == ("provider", "all", "error 21610", sms.address)


def test_a_refusal_of_advertisements_stops_only_those(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    delivery = reply(ada).delivery
    claiming.claim(delivery.pk)
    told = Progress("failed", error_code="131050", is_opt_out=True, only_marketing=True)
    delivering.note_sent(delivery.pk, told)
    assert consent.stopped_by(identity(), "whatsapp") is None
    assert consent.stopped_by(identity(), "whatsapp", for_marketing=True) is not None
    assert reply(ada).delivery.state == "queued"


def test_a_switch_of_the_providers_is_a_wish_without_a_message(whatsapp: Channel) -> None:
    said_at = timezone.now() - timedelta(hours=1)
    wish = consent.Wish("whatsapp", "stop", source="preferences", scope="marketing", said_at=said_at)
    jo = Address("phone", build.JO_PHONE, assurance=Assurance.CHANNEL, name="Jo")
    wishes.note(whatsapp, jo, wish)
    assert wishes.note(whatsapp, jo, wish) is None  # a replay
    assert Consent.objects.count() == 1 and not Message.objects.exists()
