"""A reply waits before it leaves, and can be taken back: then it was never said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ai_tier1 import handoff
from channels_ingest import readers
from conversations import failures, thread_facts
from conversations.actions import actors, claiming, delivering, replying, scheduling, state
from conversations.actions.actors import AI
from conversations.delivery_progress import Progress
from conversations.models import Conversation, Delivery, Message, Participant
from helpdesk.accounts.models import User
from tests import build
from tests.conversations.waiting_to_leave import again, events, let_go, stood, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


@pytest.fixture
def lin() -> User:
    return build.user("Lin")


@pytest.fixture
def conversation() -> Conversation:
    return build.sms(build.channel("sms")).message.conversation


@pytest.fixture
def mailed() -> Conversation:
    """Jo's mail with Kim in Cc."""
    cc = build.people("kim@customer.example")
    return build.mail(build.channel("email"), rfc_message_id="<first@customer.example>", cc=cc).message.conversation


def test_a_reply_waits_and_leaves_at_its_second(ada: User, conversation: Conversation) -> None:
    before = stood(conversation)
    message = write(ada, conversation)
    delivery = message.delivery
    assert (message.unsaid, message.delivery_state, delivery.state) == ("undo", "held", "held")
    assert claiming.claim(delivery.pk) is None and delivery.pk not in claiming.due()
    assert stood(conversation) == {**before, "unread_count": 0}
    assert not Message.objects.said().filter(pk=message.pk).exists()
    left = delivery.not_before - timezone.now()
    assert timedelta(seconds=6) < left <= timedelta(seconds=8)

    (claimed,) = let_go(message)
    assert claimed is not None
    message = again(message)
    assert (message.unsaid, message.held_until) == ("", None)
    now = stood(conversation)
    assert (now["waiting_since"], now["preview"], now["message_count"]) == (None, "It left on Monday.", 2)
    (created,) = [one for one in events("message.created") if one.facts["direction"] == "outbound"]
    assert (created.actor_kind, created.actor_id) == ("agent", ada.pk)
    assert created.facts["waited_seconds"] >= 0


def test_the_sweeper_finds_what_nobody_woke(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation)
    delivery = message.delivery
    expected = claiming.Waiting(delivery.pk, delivery.channel_id, delivery.not_before)
    assert claiming.leaving_soon(timedelta(seconds=10)) == [expected]
    assert claiming.leaving_soon(timedelta(seconds=2)) == []
    Delivery.objects.update(not_before=timezone.now())
    assert claiming.due() == [message.delivery.pk]


def test_a_reply_without_undo_leaves_at_once(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation, undo=timedelta(0))
    assert (message.unsaid, message.delivery.state) == ("", "queued")
    assert claiming.claim(message.delivery.pk) is not None


def test_what_was_taken_back_never_leaves_and_leaves_no_trace(ada: User, conversation: Conversation) -> None:
    before = stood(conversation)
    message = write(ada, conversation)
    row = scheduling.cancel(message, by=actors.agent(ada))
    assert (row.unsaid, row.delivery_state) == ("taken_back", "cancelled")
    assert stood(conversation) == before
    assert let_go(message) == [None]
    assert events("message.cancelled")[0].facts == {
        "message": message.pk,
        "why": "taken_back",
        "was": "undo",
        "author": ada.pk,
    }
    assert not [one for one in events("message.created") if one.facts["direction"] == "outbound"]


def test_what_has_left_can_not_be_taken_back(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation)
    let_go(message)
    with pytest.raises(scheduling.HasLeft, match="It has left already"):
        scheduling.cancel(message, by=actors.agent(ada))
    with pytest.raises(scheduling.HasLeft):
        scheduling.send_now(message, by=actors.agent(ada))
    assert again(message).unsaid == ""


def test_a_colleague_takes_back_and_the_log_says_who(ada: User, lin: User, conversation: Conversation) -> None:
    message = write(ada, conversation)
    scheduling.cancel(message, by=actors.agent(lin))
    scheduling.cancel(message, by=actors.agent(ada))
    (event,) = events("message.cancelled")
    assert (event.actor_id, event.facts["author"]) == (lin.pk, ada.pk)


def test_send_and_resolve_is_undone_with_its_message(ada: User, conversation: Conversation) -> None:
    before = stood(conversation)
    message = write(ada, conversation)
    state.resolve(conversation, by=actors.agent(ada))
    scheduling.cancel(message, by=actors.agent(ada))
    assert stood(conversation) == before
    (event,) = events("conversation.reopened")
    assert event.facts["why"] == "taken_back"


def test_what_a_colleague_resolved_stays_resolved(ada: User, lin: User, conversation: Conversation) -> None:
    message = write(ada, conversation)
    state.resolve(conversation, by=actors.agent(lin))
    scheduling.cancel(message, by=actors.agent(ada))
    assert stood(conversation)["state"] == "resolved"


@pytest.mark.parametrize(("was", "then"), [("answered", "answered"), ("waiting", "handed_off"), ("off", "off")])
def test_the_tier1_keeps_silent_meanwhile_and_has_it_again_after(
    was: str, then: str, ada: User, conversation: Conversation
) -> None:
    Conversation.objects.update(tier1_state=was)
    message = write(ada, conversation)
    assert stood(conversation)["tier1_state"] == ("off" if was == "off" else "handed_off")
    scheduling.cancel(message, by=actors.agent(ada))
    assert stood(conversation)["tier1_state"] == then


def test_where_the_customer_wrote_meanwhile_people_keep_the_conversation(ada: User, conversation: Conversation) -> None:
    Conversation.objects.update(tier1_state="answered")
    message = write(ada, conversation)
    build.sms(message.channel, "Hello?")
    scheduling.cancel(message, by=actors.agent(ada))
    now = stood(conversation)
    assert (now["tier1_state"], now["unread_count"]) == ("handed_off", 1)


def test_the_customer_does_not_stop_what_is_in_its_undo_seconds(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation)
    build.sms(message.channel, "Hello?")
    assert again(message).unsaid == "undo"
    assert let_go(message)[0] is not None
    # Said after what the customer wrote while it waited.
    said = Message.objects.said().order_by("created_at").values_list("text", flat=True)
    assert list(said) == ["Where is my parcel?", "Hello?", "It left on Monday."]


def test_a_colleague_who_writes_meanwhile_is_told(ada: User, lin: User, conversation: Conversation) -> None:
    from helpdesk.events import log

    log.publish()
    seen = log.last_seq()
    write(ada, conversation)
    with pytest.raises(replying.Overtaken):
        replying.reply(conversation, replying.Outgoing("Soon"), by=actors.agent(lin), user=lin, expected_event=seen)


def test_all_copies_of_a_mail_are_taken_back_together(ada: User, mailed: Conversation) -> None:
    message = write(ada, mailed)
    assert [one.state for one in message.deliveries.all()] == ["held", "held"]
    scheduling.cancel(message, by=actors.agent(ada))
    assert [one.state for one in message.deliveries.all()] == ["cancelled", "cancelled"]
    assert let_go(message) == [None, None]


def test_once_one_copy_left_none_can_be_taken_back(ada: User, mailed: Conversation) -> None:
    message = write(ada, mailed)
    Delivery.objects.update(not_before=timezone.now())
    assert claiming.claim(message.delivery.pk) is not None
    with pytest.raises(scheduling.HasLeft):
        scheduling.cancel(message, by=actors.agent(ada))
    assert let_go(message)[1] is not None


def test_whom_an_agent_writes_to_takes_part_only_once_it_left(ada: User, mailed: Conversation) -> None:
    from conversations.recipients import Recipients, recipient

    lee, jo = recipient("lee@customer.example", "Lee"), recipient(build.JO_MAIL)
    assert lee is not None and jo is not None
    message = write(ada, mailed, recipients=Recipients((jo,), (lee,)))
    known = Participant.objects.filter(address="lee@customer.example")
    assert not known.exists()
    let_go(message)
    assert known.get().since_id == message.pk


def test_what_was_taken_back_stands_in_no_mail_brief_or_thread(ada: User, mailed: Conversation) -> None:
    secret = write(ada, mailed, "The refund code is 4711.")
    jo = secret.identity
    assert jo is not None
    scheduling.cancel(secret, by=actors.agent(ada))
    said = write(ada, mailed, "It left on Monday.", undo=timedelta(0))
    copy = readers.copy_of(said.delivery, sends_copies=True)
    quoted = " ".join(one.text for one in readers.quoted(said, copy))
    assert "4711" not in quoted and "Where is my parcel?" in quoted
    assert secret.pk not in [one.message_id for one in handoff._lines(mailed)]
    assert secret not in Message.objects.shown_to([jo.pk])
    assert secret not in mailed.messages.by_participants()


def test_somebody_known_by_a_reply_taken_back_alone_does_not_take_part(ada: User, mailed: Conversation) -> None:
    from conversations.recipients import Recipients, recipient

    lee = recipient("lee@customer.example", "Lee")
    assert lee is not None
    message = write(ada, mailed, recipients=Recipients((lee,)))
    identity = message.identity
    scheduling.cancel(message, by=actors.agent(ada))
    assert thread_facts._takes_part(identity, mailed) is False


def test_a_visitor_never_sees_what_waits_or_was_taken_back(ada: User) -> None:
    from channels_ingest.widget import rows

    chat = build.channel("chat")
    said = build.chat(chat).message
    assert said.identity is not None
    message = write(ada, said.conversation)

    def seen() -> list[str]:
        everything = rows.everything(said.identity, said.conversation) if said.identity else []
        return [one["text"] for one in everything if one["kind"] == "message"]

    assert seen() == ["Hello, is somebody there?"]
    other = write(ada, said.conversation, "Never this")
    scheduling.cancel(other, by=actors.agent(ada))
    assert let_go(message) == [None]  # our own socket carries it: no provider to call
    assert seen() == ["Hello, is somebody there?", "It left on Monday."]
    assert again(message).delivery_state == "sent" and again(message).sent_at is not None


def test_a_reply_that_is_queued_still_can_be_taken_back(ada: User, conversation: Conversation) -> None:
    before = stood(conversation)
    message = write(ada, conversation, undo=timedelta(0))
    scheduling.cancel(message, by=actors.agent(ada))
    assert stood(conversation) == {**before, "unread_count": 0}
    assert claiming.claim(message.delivery.pk) is None


def test_an_answer_of_the_assistant_taken_back_goes_to_people(ada: User, conversation: Conversation) -> None:
    message = replying.reply(conversation, replying.Outgoing("In two days."), by=AI)
    Conversation.objects.update(tier1_state="answered")
    scheduling.cancel(message, by=actors.agent(ada))
    now = stood(conversation)
    assert now["tier1_state"] == "handed_off" and now["waiting_since"] is not None


def test_a_code_is_nobodys_to_take_back(ada: User, conversation: Conversation) -> None:
    outgoing = replying.Outgoing("••• is your code", secret="123456 is your code")
    message = replying.reply(conversation, outgoing, by=actors.SYSTEM)
    with pytest.raises(scheduling.HasLeft):
        scheduling.cancel(message, by=actors.agent(ada))


def test_what_waits_may_be_sent_at_once(ada: User, conversation: Conversation) -> None:
    message = write(ada, conversation)
    scheduling.send_now(message, by=actors.agent(ada))
    assert claiming.due() == [message.delivery.pk]
    assert claiming.claim(message.delivery.pk) is not None


def test_in_a_live_call_nothing_waits(ada: User) -> None:
    call = build.call(build.channel("phone"))
    conversation = build.said(call).message.conversation
    message = write(ada, conversation, channel=call.channel)
    assert (message.unsaid, message.delivery.state) == ("", "queued")


def test_what_was_to_be_sent_instead_and_was_taken_back_replaces_nothing(ada: User, conversation: Conversation) -> None:
    failed = replying.reply(conversation, replying.Outgoing("First try"), by=actors.agent(ada), user=ada)
    delivering.note_sent(failed.delivery.pk, Progress("failed", error="No such number"))
    message = write(ada, conversation, replaces=failed)
    assert failures.replacement_of(failed) == message
    scheduling.cancel(message, by=actors.agent(ada))
    assert failures.replacement_of(failed) is None
    (cancelled,) = events("message.cancelled")
    assert cancelled.facts["messages"] == [failed.pk], "screens offer the other ways again"
    second = write(ada, conversation, replaces=failed)
    assert failures.replacement_of(failed) == second
