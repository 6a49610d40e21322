"""What failed for good comes back to somebody's eyes, is sent another way once, and marks the address it failed at."""

from __future__ import annotations

import pytest

from conversations import reach
from conversations.actions import actors, assignment, claiming, delivering, replying, reporting, state, tier1
from conversations.actions.replying import CannotReplace, Outgoing
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery, Message
from customers.actions import health
from customers.models import Identity, IdentityHealth
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.races import at_once
from tests.transactional import commits

pytestmark = pytest.mark.django_db
NO_BOX = Progress("failed", "<out@shop.example>", "5.1.1", "The mailbox does not exist.", address_health="dead")


@pytest.fixture
def mail() -> Channel:
    return build.channel("email")


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def answered(ada: User, text: str = "It left today.") -> Delivery:
    """Ada's answer, taken by the provider."""
    message = replying.reply(build.conversation(), Outgoing(text), by=actors.agent(ada), user=ada)
    claiming.claim(message.delivery.pk)
    delivering.note_sent(message.delivery.pk, Progress("sent", provider_message_id="<out@shop.example>"))
    return Delivery.objects.select_related("message__channel", "identity").get(pk=message.delivery.pk)


def bounced(delivery: Delivery, progress: Progress = NO_BOX, recipient: str = build.JO_MAIL) -> Delivery:
    """Its server reports."""
    reporting.note_progress(delivery.channel, progress, recipient=recipient)
    delivery.refresh_from_db()
    return delivery


@pytest.mark.parametrize("before", ["open", "resolved", "snoozed"])
def test_what_failed_comes_back_to_somebodys_eyes_and_sends_nothing(mail: Channel, ada: User, before: str) -> None:
    from django.utils import timezone

    build.mail(mail)
    conversation = build.conversation()
    delivery = answered(ada)
    if before == "resolved":
        state.resolve(conversation, by=actors.agent(ada))
    elif before == "snoozed":
        state.snooze(conversation, until=timezone.now(), by=actors.agent(ada))
    count = Message.objects.count()
    assert bounced(delivery).state == "failed"
    conversation.refresh_from_db()
    assert (conversation.state, conversation.unread_count) == ("open", 1)
    assert conversation.waiting_since is not None, "the answer never came: the customer waits"
    told = Event.objects.get(type="message.undelivered")
    assert told.facts["message"] == delivery.message_id and told.facts["error_code"] == "5.1.1"
    assert build.JO_MAIL not in str(told.facts)
    assert Message.objects.count() == count
    bounced(delivery)
    assert Event.objects.filter(type="message.undelivered").count() == 1, "told once, however often it is reported"


def test_one_reader_of_several_who_did_not_get_it_is_told_and_nobody_waits(mail: Channel, ada: User) -> None:
    build.mail(mail, cc=build.people("kim@customer.example"))
    message = replying.reply(build.conversation(), Outgoing("It left."), by=actors.agent(ada), user=ada)
    for one in message.deliveries.order_by("pk"):
        claiming.claim(one.pk)
        delivering.note_sent(one.pk, Progress("sent", provider_message_id="<out@shop.example>"))
    reporting.note_progress(mail, NO_BOX, recipient="kim@customer.example")
    conversation = build.conversation()
    assert (conversation.unread_count, conversation.waiting_since) == (1, None)
    assert IdentityHealth.objects.get().identity.address == "kim@customer.example"


def test_a_bounce_after_delivered_counts(mail: Channel, ada: User) -> None:
    build.mail(mail)
    delivery = answered(ada)
    bounced(delivery, Progress("delivered", "<out@shop.example>"))
    assert bounced(delivery).state == "failed"
    assert build.conversation().unread_count == 1


def test_an_answer_of_the_assistant_that_failed_goes_to_people(mail: Channel) -> None:
    asked = build.mail(mail).message
    tier1.take(asked.conversation)
    message = tier1.answer(asked.conversation, Outgoing("In two days."), to=asked, decision="answer", turn_id=1)
    claiming.claim(message.delivery.pk)
    delivering.note_sent(message.delivery.pk, NO_BOX)
    assert build.conversation().tier1_state == Conversation.Tier1State.HANDED_OFF


def test_a_code_and_spam_that_failed_ask_nobody(mail: Channel, ada: User) -> None:
    from conversations.actions import people

    visitor = build.chat(build.channel("chat")).message.identity
    assert visitor is not None
    people.claim_and_challenge(visitor, "email", build.JO_MAIL, as_seen=build.JO_MAIL)
    code = Delivery.objects.exclude(secret=None).get()
    claiming.claim(code.pk)
    delivering.note_sent(code.pk, NO_BOX)
    assert not Event.objects.filter(type="message.undelivered").exists()


# --- The address


def test_a_bounce_marks_the_address_and_agents_read_why(mail: Channel, ada: User) -> None:
    jo = build.mail(mail).message.identity
    assert jo is not None
    bounced(answered(ada))
    row = IdentityHealth.objects.get()
    assert (row.identity, row.channel_kind, row.state, row.code) == (jo, "email", "dead", "5.1.1")
    (way,) = reach.ways(jo, [mail])
    assert (way.is_open, way.is_dead) == (True, True), "an agent may still choose it, after a warning"
    assert way.doubt.startswith("Bounced on ") and way.doubt.endswith(": the mailbox does not exist")
    assert reach.default_way(build.conversation()) is None, "nothing goes there by itself"
    assert Event.objects.get(type="identity.health_changed").facts["state"] == "dead"


def test_nothing_automatic_goes_to_a_dead_address_and_an_agents_own_word_does(mail: Channel, ada: User) -> None:
    jo = build.mail(mail).message.identity
    assert jo is not None
    waiting = replying.reply(build.conversation(), Outgoing("In two days."), by=actors.AI)
    health.note(jo, health.Finding("email", "dead", "No such mailbox"))
    assert claiming.claim(waiting.delivery.pk) is None
    waiting.refresh_from_db()
    assert (waiting.delivery_state, waiting.delivery.error_code) == ("failed", "address_dead")
    with pytest.raises(replying.CannotReach):
        replying.reply(build.conversation(), Outgoing("Again", channel=mail, identity=jo), by=actors.AI)
    by_ada = Outgoing("Are you there?", channel=mail, identity=jo)
    message = replying.reply(build.conversation(), by_ada, by=actors.agent(ada), user=ada)
    assert claiming.claim(message.delivery.pk) is not None


def test_a_full_mailbox_only_warns(mail: Channel, ada: User) -> None:
    jo = build.mail(mail).message.identity
    assert jo is not None
    full = Progress("failed", "<out@shop.example>", "5.2.2", "The mailbox is full.", address_health="doubtful")
    bounced(answered(ada), full)
    (way,) = reach.ways(jo, [mail])
    assert way.is_open and not way.is_dead and "the mailbox is full" in way.doubt
    assert reach.default_way(build.conversation()) is not None


@pytest.mark.parametrize("how", ["inbound", "delivered"])
def test_a_sign_of_life_clears_the_mark(mail: Channel, ada: User, how: str) -> None:
    jo = build.mail(mail).message.identity
    assert jo is not None
    health.note(jo, health.Finding("email", "dead", "No such mailbox"))
    if how == "inbound":
        build.mail(mail, "I am back")
    else:
        message = replying.reply(
            build.conversation(), Outgoing("Hello?", channel=mail, identity=jo), by=actors.agent(ada), user=ada
        )
        claiming.claim(message.delivery.pk)
        delivering.note_sent(message.delivery.pk, Progress("delivered", "<ok@shop.example>"))
    assert not IdentityHealth.objects.exists()


def test_a_forged_bounce_marks_nothing(mail: Channel, ada: User) -> None:
    """It has to name a mail of ours, and the very address that it went to."""
    build.mail(mail)
    delivery = answered(ada)
    stranger = Progress("failed", "<guessed@shop.example>", "5.1.1", "No", address_health="dead")
    assert reporting.note_progress(mail, stranger, recipient=build.JO_MAIL) is None
    other_channel = build.channel("email", address="other@shop.example")
    assert reporting.note_progress(other_channel, NO_BOX, recipient=build.JO_MAIL) is None
    for recipient in ("", "somebody@else.example"):
        bounced(delivery, NO_BOX, recipient)
    assert not IdentityHealth.objects.exists()


def test_a_forged_bounce_by_mail_marks_nothing(mail: Channel, ada: User) -> None:
    from channels_ingest import ledger, processing
    from tests.channels_ingest.email.mails import payload, request

    build.mail(mail)
    delivery = answered(ada)
    raw = payload("bounce_postfix").replace(b"<out-77@acme.example>", b"<guessed@shop.example>")
    accepted = ledger.accept(mail, request(raw, authorization=f"Bearer {build.MAIL_SECRET}"))
    processing.process(accepted.event.pk)
    delivery.refresh_from_db()
    assert delivery.state == "sent" and not IdentityHealth.objects.exists()


def test_a_number_that_takes_no_texts_is_dead_for_texts_alone(ada: User) -> None:
    sms, whatsapp = build.channel("sms"), build.channel("whatsapp")
    jo = build.sms(sms).message.identity
    assert jo is not None
    delivery = answered(ada)
    landline = Progress("failed", "<out@shop.example>", "30006", "It is a landline.", address_health="dead")
    bounced(delivery, landline, recipient=build.JO_PHONE)
    assert health.is_dead(jo, "sms") and not health.is_dead(jo, "whatsapp")
    assert not any(way.is_dead for way in reach.ways(jo, [whatsapp]))


# --- Another way


def _failed(ada: User) -> Message:
    return bounced(answered(ada)).message


def other_way(jo: Identity) -> Outgoing:
    """By text, to a number of hers that we know."""
    phone = Identity.objects.create(customer=jo.customer, kind="phone", address=build.JO_PHONE, assurance=50)
    return Outgoing("It left today.", channel=build.channel("sms"), identity=phone)


def test_what_was_sent_another_way_is_settled(mail: Channel, ada: User) -> None:
    from dataclasses import replace

    jo = build.mail(mail).message.identity
    assert jo is not None
    failed = _failed(ada)
    wish = replace(other_way(jo), replaces=failed)
    message = replying.reply(build.conversation(), wish, by=actors.agent(ada), user=ada)
    assert message.replaces == failed
    assert Event.objects.get(type="message.replaced").facts["replaced_by"] == message.pk
    with pytest.raises(CannotReplace, match="sent by SMS instead already"):
        replying.reply(build.conversation(), wish, by=actors.agent(ada), user=ada)
    IdentityHealth.objects.all().delete()
    assert not delivering.retry(failed.delivery.pk), "no doubles"


def test_only_a_failed_message_of_the_conversation_is_replaced(mail: Channel, ada: User) -> None:
    build.mail(mail)
    delivery = answered(ada)
    with pytest.raises(CannotReplace):
        replying.reply(
            build.conversation(), Outgoing("Again", replaces=delivery.message), by=actors.agent(ada), user=ada
        )
    failed = bounced(delivery).message
    other = build.mail(mail, "Another matter", sender="kim@customer.example").message.conversation
    with pytest.raises(CannotReplace, match="another conversation"):
        replying.reply(other, Outgoing("Again", replaces=failed), by=actors.agent(ada), user=ada)


def test_a_dead_address_a_stop_and_a_closed_window_are_not_retried(mail: Channel, ada: User) -> None:
    from conversations import failures

    build.mail(mail)
    delivery = bounced(answered(ada))
    assert not delivering.retry(delivery.pk)
    assert failures.why_not_again(delivery) == "Nothing arrives at this address. Send it another way."
    health.clear(Identity.objects.get(kind="email"), "email")
    assert delivering.retry(delivery.pk)


@commits
@pytest.mark.parametrize("round_number", range(3))
def test_two_agents_at_once_replace_it_once_and_never_beside_a_retry(round_number: int) -> None:
    from dataclasses import replace

    mail, ada = build.channel("email"), build.user("Ada")
    jo = build.mail(mail).message.identity
    assert jo is not None
    failed = _failed(ada)
    IdentityHealth.objects.all().delete()
    wish = replace(other_way(jo), replaces=failed)
    conversation = build.conversation()
    assignment.assign(conversation, to=ada, team=None, by=actors.agent(ada))

    def send() -> bool:
        try:
            replying.reply(
                conversation, replace(wish, replaces=Message.objects.get(pk=failed.pk)), by=actors.agent(ada), user=ada
            )
        except CannotReplace:
            return False
        return True

    done = at_once([send, send, lambda: delivering.retry(failed.delivery.pk), send])
    assert done.count(True) == 1
    assert Message.objects.filter(replaces=failed).count() == (0 if done[2] else 1)
