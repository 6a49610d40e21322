"""A visitor who has left is answered at the mail address he proved in that chat, once, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations import fallback
from conversations.actions import actors, claiming, delivering, falling_back, replying, reporting, state, visitors
from conversations.actions.replying import Outgoing
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery, Message, VisitorPresence
from customers.actions import consent, health, proving
from customers.actions.consent import Wish
from customers.assurance import Assurance
from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.conversations.chat_left import leave, prove, say, sweep
from tests.races import at_once
from tests.transactional import commits

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat() -> Channel:
    build.channel("email")
    return build.channel("chat")


@pytest.fixture
def jo(chat: Channel) -> Identity:
    visitor = build.chat(chat, "Where is my parcel?").message.identity
    assert visitor is not None
    return visitor


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def mails() -> list[Message]:
    """Every mail but the codes."""
    return list(Message.objects.filter(channel__kind="email", direction="outbound").exclude(text__contains="code for"))


def test_what_was_not_seen_goes_to_the_proved_address_once_and_in_order(jo: Identity, ada: User) -> None:
    proved = prove(jo)
    leave(jo)
    first = say(build.conversation(), "It left today.", by=actors.AI)
    second = say(build.conversation(), "And here is its number.", by=ada)
    (mail,) = sweep()
    assert mail.identity == proved and mail.conversation == build.conversation()
    assert mail.text.index("Assistant, ") < mail.text.index("It left today.") < mail.text.index("Ada, ")
    assert mail.text.index("Ada, ") < mail.text.index("And here is its number.")
    assert {one.mailed_with for one in Message.objects.filter(pk__in=[first.pk, second.pk])} == {mail}
    assert sweep() == []
    assert mails() == [mail]
    assert mail.delivery.state == "queued"
    assert build.conversation().preview == "And here is its number."
    facts = Event.objects.get(type="message.mailed").facts
    assert facts == {
        "message": mail.pk, "messages": [first.pk, second.pk], "identity": proved.pk, "channel_kind": "email"
    }  # fmt: skip


def test_nothing_is_mailed_while_the_visitor_is_there(jo: Identity, ada: User) -> None:
    prove(jo)
    say(build.conversation(), "It left today.", by=ada)
    assert visitors.note_gone() == 0
    assert sweep() == []


def test_the_channel_says_how_long_to_wait(jo: Identity, ada: User, chat: Channel) -> None:
    prove(jo)
    leave(jo, minutes=5)
    say(build.conversation(), "It left today.", by=ada, minutes_ago=4)
    Channel.objects.filter(pk=chat.pk).update(mails_after_minutes=10)
    assert sweep() == []
    Channel.objects.filter(pk=chat.pk).update(mails_after_minutes=None)
    assert sweep() == []
    Channel.objects.filter(pk=chat.pk).update(mails_after_minutes=3)
    assert len(sweep()) == 1


def test_later_replies_are_gathered_again_not_mailed_line_by_line(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo, minutes=60)
    say(build.conversation(), "It left today.", by=ada)
    assert len(sweep()) == 1
    say(build.conversation(), "One more thing.", by=ada, minutes_ago=1)
    assert sweep() == []
    Message.objects.filter(text="One more thing.").update(created_at=timezone.now() - timedelta(minutes=3.1))
    say(build.conversation(), "And another.", by=ada, minutes_ago=0)
    (mail,) = sweep()
    assert "One more thing." in mail.text and "And another." in mail.text and "It left today." not in mail.text


def test_it_is_the_time_it_was_said_that_counts(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo, minutes=60)
    say(build.conversation(), "Later.", by=ada, minutes_ago=1)
    say(build.conversation(), "Earlier.", by=ada, minutes_ago=4)
    assert len(sweep()) == 1


def test_who_comes_back_and_looks_gets_no_mail(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo)
    message = say(build.conversation(), "It left today.", by=ada)
    visitors.note_here(jo)
    assert sweep() == []
    reporting.mark_seen(message)
    leave(jo)
    assert sweep() == []
    assert [one.type for one in Event.objects.filter(type__startswith="visitor.").order_by("pk")] == [
        "visitor.left", "visitor.returned", "visitor.left"
    ]  # fmt: skip


def test_a_mail_that_has_not_left_is_cancelled_once_its_words_were_seen(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo)
    message = say(build.conversation(), "It left today.", by=ada)
    (mail,) = sweep()
    reporting.mark_seen(message)
    assert claiming.claim(mail.delivery.pk) is None
    mail.refresh_from_db()
    assert mail.delivery_state == "cancelled"


# --- Whose address it is


def test_without_a_proved_address_nothing_is_sent_anywhere(jo: Identity, ada: User) -> None:
    build.channel("sms")
    proving.claim(jo.customer, "email", build.JO_MAIL, as_seen=build.JO_MAIL, by=actors.SYSTEM)
    proving.vouch(jo.customer, "email", "typed@customer.example", as_seen="", by=actors.SYSTEM)
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    assert sweep() == []
    assert not Delivery.objects.exclude(channel__kind="chat").exists()


def test_a_phone_proved_in_the_chat_gets_no_text_by_itself(jo: Identity, ada: User) -> None:
    build.channel("sms")
    prove(jo, build.JO_PHONE, "phone")
    sent = Delivery.objects.filter(channel__kind="sms").count()
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    assert sweep() == []
    assert Delivery.objects.filter(channel__kind="sms").count() == sent


def test_an_address_of_the_customer_that_this_chat_never_proved_gets_nothing(jo: Identity, ada: User) -> None:
    """The records join over a number, which may have been handed on: the mailbox's owner may be somebody else."""
    build.channel("sms")
    build.mail(Channel.objects.get(kind="email"), "My own matter")
    build.sms(Channel.objects.get(kind="sms"))
    mailbox = Identity.objects.get(kind="email", address=build.JO_MAIL)
    phone = Identity.objects.get(kind="phone")
    Identity.objects.filter(pk=mailbox.pk).update(customer=phone.customer)
    prove(jo, build.JO_PHONE, "phone")
    mailbox.refresh_from_db()
    assert mailbox.customer == jo.customer and mailbox.assurance == Assurance.CHANNEL
    leave(jo)
    conversation = Message.objects.filter(identity=jo).latest("pk").conversation
    say(conversation, "It left today.", by=actors.AI)
    assert sweep() == []


def test_another_browsers_proof_does_not_count(jo: Identity, ada: User, chat: Channel) -> None:
    """Two chats of one customer: each has its own words, and its own proofs."""
    other = build.chat(chat, "Hello", visitor="v_other").message.identity
    assert other is not None
    mailbox = prove(other)
    prove(jo)
    assert {jo.customer_id, other.customer_id} == {mailbox.customer_id, jo.customer_id}
    jo.asked_challenges.all().delete()
    leave(jo)
    say(Message.objects.filter(identity=jo).latest("pk").conversation, "It left today.", by=ada)
    assert [one for one in sweep() if "It left today." in one.text] == []


def test_a_mailbox_that_others_read_too_gets_nothing(jo: Identity, ada: User) -> None:
    proved = prove(jo)
    Identity.objects.filter(pk=proved.pk).update(is_shared=True)
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    assert sweep() == []


@pytest.mark.parametrize("why", ["stopped", "dead", "complained", "off", "spam"])
def test_nothing_goes_where_mail_may_not_go(jo: Identity, ada: User, why: str) -> None:
    proved = prove(jo)
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    if why == "stopped":
        consent.note(proved, Wish("email", "stop"), by=actors.SYSTEM)
    elif why in ("dead", "complained"):
        health.note(proved, health.Finding("email", why, "The mailbox does not exist."))
    elif why == "off":
        Channel.objects.filter(kind="email").update(is_on=False)
    else:
        state.mark_spam(build.conversation(), by=actors.agent(ada))
    assert sweep() == []


def test_a_doubtful_address_still_gets_it(jo: Identity, ada: User) -> None:
    health.note(prove(jo), health.Finding("email", "doubtful", "The mailbox is full."))
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    assert len(sweep()) == 1


def test_a_code_never_follows(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo)
    message = say(build.conversation(), "•••••• is your code.", by=actors.SYSTEM)
    delivery = message.delivery
    delivery.secret = {"text": "123456 is your code."}
    delivery.save()
    assert sweep() == []


def test_what_is_older_than_a_day_is_left_alone(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo, minutes=60 * 30)
    say(build.conversation(), "It left today.", by=ada, minutes_ago=60 * 25)
    assert sweep() == []


def test_a_resolved_conversation_still_reaches_him(jo: Identity, ada: User) -> None:
    prove(jo)
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    state.resolve(build.conversation(), by=actors.agent(ada))
    assert len(sweep()) == 1
    assert build.conversation().state == Conversation.State.RESOLVED


def test_another_desks_mail_channel_is_not_used(jo: Identity, ada: User) -> None:
    prove(jo)
    Channel.objects.filter(kind="email").update(desk=build.desk("Legal"))
    leave(jo)
    say(build.conversation(), "It left today.", by=ada)
    assert sweep() == []


# --- Never spilled


def test_words_for_one_channel_go_to_no_other_by_themselves(jo: Identity, ada: User) -> None:
    """A failed text, a bounced mail and a closed window ask an agent; only the chat's own words follow by mail."""
    sms, whatsapp = build.channel("sms"), build.channel("whatsapp")
    prove(jo)
    number = build.whatsapp(whatsapp).message
    text = build.sms(sms).message
    for asked in (number, text):
        answer = replying.reply(
            asked.conversation, Outgoing("Only here.", channel=asked.channel, identity=asked.identity),
            by=actors.agent(ada), user=ada,
        )  # fmt: skip
        claiming.claim(answer.delivery.pk)
        delivering.note_sent(answer.delivery.pk, Progress("failed", error="No", address_health="dead"))
    leave(jo)
    sweep()
    sent = Message.objects.filter(direction="outbound", text__contains="Only here.")
    assert sorted(one.channel.kind for one in sent) == ["sms", "whatsapp"]


# --- At the same moment


@commits
def test_two_sweepers_at_once_mail_once() -> None:
    build.channel("email")
    jo = build.chat(build.channel("chat")).message.identity
    assert jo is not None
    prove(jo)
    leave(jo)
    say(Message.objects.filter(identity=jo).latest("pk").conversation, "It left today.", by=actors.AI)
    found = at_once([sweep] * 4)
    assert sum(len(one) for one in found) == 1
    assert len(mails()) == 1


@commits
@pytest.mark.parametrize("round_number", range(4))
def test_seeing_it_and_mailing_it_at_once_end_in_one_or_the_other(round_number: int) -> None:
    build.channel("email")
    jo = build.chat(build.channel("chat")).message.identity
    assert jo is not None
    prove(jo)
    leave(jo)
    message = say(Message.objects.filter(identity=jo).latest("pk").conversation, "It left today.", by=actors.AI)
    (chat,) = fallback.due()
    steps = [
        lambda: falling_back.mail_unseen(chat),
        lambda: reporting.mark_seen(message),
        lambda: visitors.note_here(jo),
    ]
    at_once(steps if round_number % 2 else steps[::-1])
    message.refresh_from_db()
    assert message.delivery_state == "read"
    assert len(mails()) == (message.mailed_with is not None)
    for mail in mails():
        assert claiming.claim(mail.delivery.pk) is None, "what was seen before it left is taken back"
    assert VisitorPresence.objects.get().left_at is None
