"""Two machines that answer each other come to an end, and a person looks at what they said."""

from __future__ import annotations

import itertools

import pytest

from ai_tier1.models import Rollout, Turn
from conversations import brakes
from conversations.actions import replying
from conversations.actions.actors import AI
from conversations.actions.replying import Outgoing
from conversations.models import Channel, Conversation, Handoff, Message
from customers.assurance import Assurance
from helpdesk.events import followers, log
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> Channel:
    channel = build.channel("email")
    Rollout.objects.create(channel=channel, mode=Rollout.Mode.ALWAYS)
    return channel


def answered(words: str = "We are on it.") -> bool:
    """What the tier-1 does with what just came in: an answer where a Turn was queued."""
    log.publish()
    followers.run_follower("tier1")
    turn = Turn.objects.filter(state=Turn.State.QUEUED).first()
    if turn is None:
        return False
    Turn.objects.filter(pk=turn.pk).update(state=Turn.State.DONE)
    turn.conversation.refresh_from_db()
    replying.reply(turn.conversation, Outgoing(words), by=AI)
    return True


@pytest.mark.parametrize(
    "words",
    [
        ("I am away.",),  # the same each time
        tuple(f"Ticket {number} was opened." for number in range(100)),  # other words each time
    ],
    ids=["parrot", "ticket system"],
)
@pytest.mark.parametrize("is_new_subject", [False, True], ids=["one thread", "a thread each"])
def test_two_answering_machines_come_to_an_end(mail: Channel, words: tuple[str, ...], is_new_subject: bool) -> None:
    ours = 0
    for number, text in zip(range(100), itertools.cycle(words), strict=False):
        subject = f"Re: case {number}" if is_new_subject else "Re: Lamp"
        build.mail(mail, text, sender="bot@elsewhere.example", subject=subject)
        if not answered(f"Answer {number}."):
            break
        ours += 1

    assert 1 <= ours <= 6
    assert Handoff.objects.filter(reason="loop").exists()
    assert Conversation.objects.filter(tier1_state="handed_off").exists()
    # Whatever it says after that, in the same hour, is for people.
    for number in range(10):
        build.mail(mail, f"And again {number}", sender="bot@elsewhere.example", subject="Re: Lamp")
        assert not answered() or len(words) == 1
    assert Message.objects.filter(author_kind="ai").count() <= 6


def test_a_person_who_asks_twice_before_an_answer_is_no_machine(mail: Channel) -> None:
    build.mail(mail, "Where is my parcel?")
    again = build.mail(mail, "Where is my parcel?").message

    assert brakes.why_silent(again) == ""


def test_one_bot_does_not_silence_us_for_others(mail: Channel) -> None:
    for number in range(8):
        build.mail(mail, f"Ticket {number}", sender="bot@elsewhere.example")
        answered()

    build.mail(mail, "Where is my parcel?")

    assert answered()


def test_our_own_addresses_are_never_answered_by_a_machine(mail: Channel) -> None:
    sales = build.channel("email", address="sales@other.example", at=mail.desk)
    from_sales = build.mail(mail, "Please look.", sender=sales.address).message
    from_colleague = build.mail(mail, "Please look.", sender="ada@shop.example").message

    assert brakes.why_silent(from_sales) == brakes.why_silent(from_colleague) != ""
    assert not answered()


def test_customers_of_the_same_free_mail_are_no_colleagues() -> None:
    channel = build.channel("email", address="little.shop@gmail.com")
    message = build.mail(channel, "Where is my parcel?", sender="jo@gmail.com").message

    assert brakes.why_silent(message) == ""


def test_a_chat_is_as_long_as_it_is() -> None:
    chat = build.channel("chat")
    for number in range(30):
        message = build.chat(chat, "Hello?").message
        replying.reply(message.conversation, Outgoing(f"Hello {number}"), by=AI)

    assert brakes.why_silent(build.chat(chat, "Hello?").message) == ""


def test_an_address_that_is_only_claimed_is_written_to_once_an_hour(mail: Channel) -> None:
    """Else whoever forges a sender, or fills in a form, could have us flood somebody."""
    for number in range(5):
        build.mail(mail, f"Question {number}", sender="victim@elsewhere.example", assurance=Assurance.CLAIMED)
        answered()

    assert Message.objects.filter(author_kind="ai").count() == 1
