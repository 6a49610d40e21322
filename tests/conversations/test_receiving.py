from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import actors, state
from conversations.models import Conversation, Message
from customers.assurance import Assurance
from customers.models import Consent, Customer
from helpdesk.events.models import Event
from tests import build

pytestmark = pytest.mark.django_db


def test_first_message_opens_a_conversation_and_says_why():
    received = build.sms(build.channel("sms"))

    assert received.is_new
    conversation = build.conversation()
    assert (conversation.state, conversation.message_count, conversation.unread_count) == ("open", 1, 1)
    assert conversation.channel_kinds == ["sms"]
    assert conversation.waiting_since is not None
    assert received.message.thread_rule == "new"
    assert received.message.thread_reason


def test_same_sms_delivered_twice_makes_one_message():
    channel = build.channel("sms")
    first = build.sms(channel, sid="SM1")
    again = build.sms(channel, sid="SM1")

    assert not again.is_new
    assert again.message == first.message
    assert Message.objects.count() == 1


def test_same_chat_message_sent_twice_makes_one_message():
    channel = build.channel("chat")
    build.chat(channel, client_id="one")
    assert not build.chat(channel, client_id="one").is_new
    assert build.chat(channel, client_id="one", visitor="v_other").is_new


def test_mail_joins_the_only_open_conversation_of_the_same_customer():
    sms, mail = build.channel("sms"), build.channel("email")
    build.sms(sms)
    customer = Customer.objects.get()
    customer.identities.create(kind="email", address=build.JO_MAIL, assurance=Assurance.CONFIRMED)

    received = build.mail(mail, subject="My parcel")

    assert received.message.thread_rule == "only_one"
    assert build.conversation().channel_kinds == ["sms", "email"]
    assert Event.objects.filter(type="conversation.channel_switched").count() == 1


def test_a_new_mail_subject_speaks_against_joining_another_mail():
    mail = build.channel("email")
    build.mail(mail, subject="Broken kettle")
    build.mail(mail, subject="Invoice for March")
    assert Conversation.objects.count() == 2
    newest = Conversation.objects.latest("pk")
    assert newest.linked_to is not None


def test_reply_by_token_reopens_a_conversation_resolved_ten_days_ago():
    mail = build.channel("email")
    first = build.mail(mail, subject="Broken kettle").message
    conversation = build.conversation()
    assert first.identity is not None
    conversation.reply_tokens.create(token="t" * 26, identity=first.identity, channel=mail)
    state.resolve(conversation, by=actors.SYSTEM)
    Conversation.objects.update(resolved_at=timezone.now() - timedelta(days=10))

    received = build.mail(mail, "Still broken", subject="Something else", reply_tokens=("t" * 26,))

    assert received.message.conversation == conversation
    conversation.refresh_from_db()
    assert (conversation.state, conversation.reopened_count) == ("open", 1)


def test_reply_to_a_conversation_resolved_forty_days_ago_starts_a_linked_one():
    mail = build.channel("email")
    first = build.mail(mail, subject="Broken kettle").message
    old = build.conversation()
    assert first.identity is not None
    old.reply_tokens.create(token="t" * 26, identity=first.identity, channel=mail)
    state.resolve(old, by=actors.SYSTEM)
    Conversation.objects.update(resolved_at=timezone.now() - timedelta(days=40))

    received = build.mail(mail, "Hello again", subject="Re: Broken kettle", reply_tokens=("t" * 26,))

    assert received.message.conversation != old
    assert received.message.conversation.linked_to == old


def test_a_stranger_with_somebodys_reply_token_stands_beside():
    mail = build.channel("email")
    first = build.mail(mail).message
    conversation = build.conversation()
    assert first.identity is not None
    conversation.reply_tokens.create(token="t" * 26, identity=first.identity, channel=mail)

    received = build.mail(mail, "Let me in", sender="mallory@evil.example", reply_tokens=("t" * 26,))

    assert received.message.conversation != conversation
    assert received.message.thread_rule == "stranger_with_reference"


def test_a_forged_sender_with_the_right_token_joins_nothing():
    mail = build.channel("email")
    first = build.mail(mail).message
    conversation = build.conversation()
    assert first.identity is not None
    conversation.reply_tokens.create(token="t" * 26, identity=first.identity, channel=mail)

    forged = build.mail(mail, "Send it to me", assurance=Assurance.CLAIMED, reply_tokens=("t" * 26,))

    assert forged.message.conversation != conversation
    assert forged.message.conversation.customer != conversation.customer


def test_a_reply_from_the_address_that_alone_has_the_token_counts_as_its_owners():
    mail = build.channel("email")
    first = build.mail(mail, assurance=Assurance.PRESENTED).message
    assert first.identity is not None
    build.conversation().reply_tokens.create(token="t" * 26, identity=first.identity, channel=mail)

    received = build.mail(mail, "More", assurance=Assurance.PRESENTED, reply_tokens=("t" * 26,))

    assert received.message.assurance == Assurance.CHANNEL
    assert first.assurance == Assurance.PRESENTED


@pytest.mark.parametrize("text", ["Thanks!", "ok, danke 👍", "👍", "STOP"])
def test_what_asks_for_nothing_reopens_nothing(text):
    channel = build.channel("sms")
    build.sms(channel)
    conversation = build.conversation()
    state.resolve(conversation, by=actors.SYSTEM)

    received = build.sms(channel, text, opt_out="stop" if text == "STOP" else "")

    assert received.message.conversation == conversation
    conversation.refresh_from_db()
    assert conversation.state == "resolved"
    assert conversation.waiting_since is None


def test_stop_is_kept_as_a_withdrawn_consent_with_its_words():
    channel = build.channel("sms")
    build.sms(channel, "STOP", opt_out="stop")
    consent = Consent.objects.get()
    assert (consent.state, consent.words) == ("stopped", "STOP")


def test_an_auto_reply_opens_nothing():
    mail = build.channel("email")
    build.mail(mail, "I am away", automatic="auto_reply")
    conversation = build.conversation()
    assert (conversation.state, conversation.waiting_since) == ("resolved", None)


def test_two_withheld_senders_are_two_customers():
    from conversations.actions.receiving import Arrival, receive

    channel = build.channel("sms")
    for number in range(2):
        receive(Arrival(channel, None, "Who am I?", provider_message_id=f"SM{number}"))
    assert Customer.objects.count() == Conversation.objects.count() == 2


def test_conversations_never_join_across_a_desks_wall():
    support, legal = build.channel("sms"), build.channel("sms", at=build.desk("Legal"), address="+15005550002")
    build.sms(support)
    build.sms(legal)
    assert Customer.objects.count() == 1
    assert set(Conversation.objects.values_list("desk__name", flat=True)) == {"Support", "Legal"}


def test_a_snoozed_conversation_wakes_when_the_customer_writes():
    channel = build.channel("sms")
    build.sms(channel)
    state.snooze(build.conversation(), until=timezone.now() + timedelta(days=1), by=actors.SYSTEM)
    build.sms(channel, "Any news?")
    assert build.conversation().state == "open"


@pytest.mark.parametrize("kind", ["sms", "chat"])
def test_what_comes_after_spam_is_looked_at_anew_and_wakes_nothing(kind):
    channel = build.channel(kind)
    write = build.sms if kind == "sms" else build.chat
    first = write(channel, "Buy followers now!").message
    state.mark_spam(first.conversation, by=actors.SYSTEM)
    second = write(channel, "Where is my parcel FH-20981?").message
    first.conversation.refresh_from_db()
    assert second.conversation != first.conversation
    assert first.conversation.state == "spam"
