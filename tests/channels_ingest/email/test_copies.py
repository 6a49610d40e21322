"""Mails to several people on their way out: each gets a copy of their own, with nothing in it that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_ingest import outbox, processing
from channels_ingest.models import Connection, InboundEvent
from conversations.actions import actors, claiming, delivering, participants, people, replying, reporting, tier1
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery, Message, Participant, ReplyToken
from conversations.recipients import BadRecipient, Recipients, typed
from customers.actions import consent
from customers.assurance import Assurance
from customers.models import Customer, Identity
from doubles.background import Running, running
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.signing import mail_post

pytestmark = pytest.mark.django_db

JO, KIM, LEE, EVE = build.JO_MAIL, "kim@customer.example", "lee@customer.example", "eve@elsewhere.example"


@pytest.fixture(scope="module")
def doubles() -> Iterator[Running]:
    with running({}) as far_side:
        yield far_side


@pytest.fixture
def mail(doubles: Running) -> Channel:
    httpx.post(f"{doubles.smtp_url}/reset")
    channel = build.channel("email", aliases=["orders@shop.example"])
    smtp = {"smtp_host": doubles.smtp_host, "smtp_port": doubles.smtp_port, "smtp_security": "none"}
    Connection.objects.update(settings=smtp)
    return channel


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def asked(mail: Channel, text: str = "Where is my kettle?", **more: Any) -> Message:
    more.setdefault("rfc_message_id", "<first@customer.example>")
    more.setdefault("subject", "Kettle")
    return build.mail(mail, text, **more).message


def reply(ada: User, text: str = "On its way.", **more: Any) -> Message:
    outgoing = replying.Outgoing(text, **more)
    conversation = Conversation.objects.earliest("pk")
    return replying.reply(conversation, outgoing, by=actors.agent(ada), user=ada)


def to(*addresses: str, cc: tuple[str, ...] = (), bcc: tuple[str, ...] = ()) -> Recipients:
    return Recipients(typed("to", addresses), typed("cc", cc), typed("bcc", bcc))


def send(message: Message, doubles: Running) -> dict[str, dict[str, Any]]:
    """Every copy by the address it reached."""
    before = len(log(doubles))
    for delivery in message.deliveries.order_by("pk"):
        outbox.deliver(delivery.pk)
    copies = log(doubles)[before:]
    assert all(len(one["envelope_to"]) == 1 for one in copies)
    return {one["envelope_to"][0]: one for one in copies}


def log(doubles: Running) -> list[dict[str, Any]]:
    return list(httpx.get(f"{doubles.smtp_url}/log").json()["messages"])


def states(message: Message) -> dict[str, str]:
    return {one.address: one.delivery.state for one in message.recipients.all() if one.delivery}


def test_an_answer_to_all_gives_each_a_copy_with_a_token_of_their_own(
    doubles: Running, mail: Channel, ada: User
) -> None:
    asked(mail, to=build.people(KIM), cc=build.people(LEE), sender_name="Jo Miller")
    copies = send(reply(ada), doubles)
    assert set(copies) == {JO, KIM, LEE}
    assert {one["to"] for one in copies.values()} == {f"Jo Miller <{JO}>, Kim <{KIM}>"}
    assert {one["cc"] for one in copies.values()} == {f"Lee <{LEE}>"}
    assert len({one["message_id"] for one in copies.values()}) == 1
    assert len({one["reply_to"] for one in copies.values()}) == 3
    for address, one in copies.items():
        token = ReplyToken.objects.get(identity__address=address).token
        assert token in one["reply_to"]
    assert Message.objects.latest("pk").delivery_state == "sent"


def test_whoever_answers_by_the_token_of_their_own_copy_is_surely_them(
    doubles: Running, mail: Channel, ada: User
) -> None:
    asked(mail, cc=build.people(KIM))
    copies = send(reply(ada), doubles)

    def answer(sender: str, to_address: str, number: int) -> Message:
        raw = f"From: {sender}\r\nTo: {to_address}\r\nSubject: Re: Kettle\r\nMessage-ID: <{number}@x.example>\r\n\r\nHi"
        assert mail_post(mail, raw.encode()).status_code == 200
        done = processing.process(InboundEvent.objects.latest("pk").pk)
        assert done is not None
        return Message.objects.get(pk=done.outcome["messages"][0])

    kim = answer(KIM, copies[KIM]["reply_to"], 1)
    assert (kim.assurance, kim.thread_rule) == (Assurance.CHANNEL, "reference")
    with_others = answer(KIM, copies[JO]["reply_to"], 2)
    assert (with_others.assurance, with_others.conversation) == (Assurance.PRESENTED, kim.conversation)
    eve = answer(EVE, copies[KIM]["reply_to"], 3)
    assert eve.conversation != kim.conversation


def test_nobody_sees_who_is_copied_blindly_and_they_are_no_party(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail)
    copies = send(reply(ada, recipients=to(JO, bcc=(EVE,))), doubles)
    assert set(copies) == {JO, EVE}
    assert all(EVE not in one["raw"] for one in copies.values())
    assert copies[EVE]["reply_to"] == "", "a token would be an invitation"
    assert not Participant.objects.filter(address=EVE).exists()
    stranger = build.mail(mail, "What is this?", sender=EVE, references=(copies[EVE]["message_id"],)).message
    assert stranger.thread_rule == "stranger_with_reference"


def test_the_tail_holds_what_its_reader_wrote_or_received_newest_first(
    doubles: Running, mail: Channel, ada: User
) -> None:
    asked(mail, "First, by Jo alone.")
    send(reply(ada, "To Jo alone."), doubles)
    build.mail(mail, "Second, with Kim.", cc=build.people(KIM), sender_name="Jo")
    copies = send(reply(ada, "To both.", recipients=to(JO, cc=(KIM, LEE))), doubles)
    jo, kim, lee = (copies[one]["text"] for one in (JO, KIM, LEE))
    assert jo.index("> Second, with Kim.") < jo.index("> To Jo alone.") < jo.index("> First, by Jo alone.")
    assert "> Second, with Kim." in kim and "alone" not in kim
    assert ">" not in lee
    assert (copies[JO]["references"] != copies[KIM]["references"]) and copies[LEE]["references"] == ""


def test_the_tail_is_bounded(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail)
    for number in range(8):
        build.mail(mail, f"Number {number} " + "x" * 6_000, subject="Kettle")
    text = send(reply(ada), doubles)[JO]["text"]
    assert "Number 7" in text and "Number 4" in text and "Number 2" not in text
    assert len(text) < 21_000


def test_what_was_never_sent_is_not_quoted(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail)
    failed = reply(ada, "Never arrived.")
    claiming.claim(failed.delivery.pk)
    delivering.note_sent(failed.delivery.pk, Progress("failed", error="No such box"))
    reply(ada, "Still waiting.")
    text = send(reply(ada), doubles)[JO]["text"]
    assert "> Where is my kettle?" in text
    assert "Never arrived" not in text and "Still waiting" not in text


def test_a_code_goes_without_anything_of_the_thread(doubles: Running, mail: Channel) -> None:
    chat = build.channel("chat")
    session = build.chat(chat).message.identity
    assert session is not None
    people.claim_and_challenge(session, "email", JO, as_seen=JO)
    (copy,) = send(Message.objects.latest("pk"), doubles).values()
    assert ">" not in copy["text"]


def test_one_that_bounces_fails_alone(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, cc=build.people(KIM))
    message = reply(ada)
    send(message, doubles)
    found = reporting.note_progress(
        mail,
        Progress("failed", Message.objects.get(pk=message.pk).rfc_message_id, error="No such box"),
        recipient="KIM@Customer.example",
    )
    assert found is not None
    message.refresh_from_db()
    assert states(message) == {JO: "sent", KIM: "failed"}
    assert (message.delivery_state, message.delivery_error) == ("sent", f"{KIM}: No such box")
    assert delivering.retry(found.pk)
    assert set(send(message, doubles)) == {KIM}
    message.refresh_from_db()
    assert (states(message), message.delivery_error) == ({JO: "sent", KIM: "sent"}, "")


def test_a_bounce_of_several_copies_that_names_nobody_marks_nobody(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, cc=build.people(KIM))
    message = reply(ada)
    send(message, doubles)
    message.refresh_from_db()
    assert reporting.note_progress(mail, Progress("failed", message.rfc_message_id)) is None
    assert states(message) == {JO: "sent", KIM: "sent"}


def test_a_server_that_refuses_one_reader_refuses_nobody_else(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, cc=build.people(KIM))
    message = reply(ada)
    httpx.post(f"{doubles.smtp_url}/behaviour", json={"next": [{"at": "rcpt", "code": 550, "text": "5.1.1 No such"}]})
    send(message, doubles)
    message.refresh_from_db()
    assert sorted(states(message).values()) == ["failed", "sent"]
    assert message.delivery_state == "sent" and "does not exist" in message.delivery_error


def test_who_opted_out_gets_no_copy(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, cc=build.people(KIM))
    kim = build.mail(mail, "Hello", sender=KIM, references=("<first@customer.example>",)).message.identity
    assert kim is not None
    consent.note(kim, consent.Wish("email", "stop"), by=actors.SYSTEM)
    message = reply(ada, recipients=to(JO, cc=(KIM,)))
    assert set(send(message, doubles)) == {JO}
    assert states(message)[KIM] == "failed"


def test_an_answer_leaves_from_the_address_that_was_written_to(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, our_address="orders@shop.example")
    copy = send(reply(ada), doubles)[JO]
    assert "<orders@shop.example>" in copy["from"] and copy["envelope_from"] == "orders@shop.example"
    assert "orders+" in copy["reply_to"]
    build.mail(mail, "Another word", our_address="help@shop.example", subject="Kettle")
    assert "<help@shop.example>" in send(reply(ada), doubles)[JO]["from"]


def test_an_address_that_is_no_longer_ours_is_not_written_from(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, our_address="orders@shop.example")
    Channel.objects.update(aliases=[])
    assert "<help@shop.example>" in send(reply(ada), doubles)[JO]["from"]


def test_the_assistant_answers_its_asker_alone(doubles: Running, mail: Channel) -> None:
    message = asked(mail, cc=build.people(KIM))
    tier1.take(message.conversation)
    answer = tier1.answer(
        message.conversation, replying.Outgoing("In two days."), to=message, decision="answer", turn_id=1
    )
    assert set(send(answer, doubles)) == {JO}


def test_names_shown_to_others_are_those_their_own_mails_said(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, cc=build.people(KIM))
    Customer.objects.filter(identities__address=JO).update(name="Jo from the chat")
    assert send(reply(ada), doubles)[KIM]["to"] == JO


def test_writing_to_somebody_openly_makes_them_take_part(mail: Channel, ada: User) -> None:
    asked(mail)
    reply(ada, recipients=to(JO, cc=("Kim <KIM@customer.example>",)))
    assert list(Participant.objects.values_list("address", "state", "name")) == [(KIM, "in", "Kim")]
    answer = build.mail(mail, "Thanks, I am new here", sender=KIM, references=("<first@customer.example>",)).message
    assert (answer.thread_rule, answer.identity) == ("reference", Identity.objects.get(address=KIM))
    assert not Identity.objects.get(address=KIM).is_mentioned
    assert Customer.objects.count() == 2


def test_a_colleague_who_is_let_in_sees_nothing_from_before(doubles: Running, mail: Channel, ada: User) -> None:
    asked(mail, "For your eyes only.")
    send(reply(ada, "Only yours."), doubles)
    build.mail(mail, "I am Jo's colleague.", sender=LEE, references=("<first@customer.example>",))
    participants.let_in(Conversation.objects.get(), Participant.objects.get(), by=actors.agent(ada), user=ada)
    copy = send(reply(ada, "Welcome.", recipients=to(LEE, cc=(JO,))), doubles)[LEE]
    assert "> I am Jo's colleague." in copy["text"] and "nly" not in copy["text"]


@pytest.mark.parametrize(
    ("wish", "field", "words"),
    [
        (lambda: to(JO, cc=("orders+x@shop.example",)), "cc", "ours"),
        (lambda: to("nonsense"), "to", "no mail address"),
        (lambda: to(JO, bcc=("a@b.example\r\nCc: c@d.example",)), "bcc", "no mail address"),
        (lambda: to(JO, cc=tuple(f"p{n}@x.example" for n in range(60))), "to", "at most 50"),
    ],
)
def test_what_can_not_be_written_to_is_refused_in_its_place(
    mail: Channel, ada: User, wish: Any, field: str, words: str
) -> None:
    asked(mail)
    with pytest.raises(BadRecipient, match=words) as refused:
        reply(ada, recipients=wish())
    assert refused.value.field == field
    assert not Delivery.objects.exists() and not Identity.objects.filter(is_mentioned=True).exists()


@contextmanager
def rolled_back() -> Iterator[None]:
    """One example leaves nothing to the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


PEOPLE = (JO, KIM, LEE, EVE)
# What happens in a thread: who writes with whom in Cc, or whom Ada answers.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["mail", "reply", "reply all", "let in", "assistant"]),
        st.sampled_from(PEOPLE),
        st.sets(st.sampled_from(PEOPLE), max_size=3),
        st.sets(st.sampled_from(PEOPLE), max_size=1),
        st.sampled_from([Assurance.CHANNEL, Assurance.PRESENTED]),
    ),
    min_size=2,
    max_size=7,
)


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_somebody_did_not_write_or_receive_ever_leaves_to_them(
    doubles: Running, mail: Channel, ada: User, steps: list[Any]
) -> None:
    with rolled_back():
        known: dict[str, set[str]] = {one: set() for one in PEOPLE}
        first = asked(mail, "secret-0", cc=build.people(KIM))
        known[JO].add("secret-0")
        known[KIM].add("secret-0")
        conversation = first.conversation
        for number, (what, who, cc, bcc, level) in enumerate(steps, 1):
            secret = f"secret-{number}"
            if what == "mail":
                newest = Message.objects.filter(conversation=conversation).exclude(rfc_message_id="").latest("pk")
                build.mail(
                    mail, secret, sender=who, cc=build.people(*cc - {who}), references=(newest.rfc_message_id,),
                    assurance=level, subject="Kettle",
                )  # fmt: skip
                for one in {who, *cc}:
                    known[one].add(secret)
                continue
            if what == "let in":
                for beside in Participant.objects.filter(conversation=conversation, address=who):
                    participants.let_in(conversation, beside, by=actors.agent(ada), user=ada)
                continue
            if what == "assistant":
                message = replying.reply(conversation, replying.Outgoing(secret), by=actors.AI)
            else:
                wish = to(who, cc=tuple(cc - {who}), bcc=tuple(bcc - cc - {who})) if what == "reply" else None
                outgoing = replying.Outgoing(secret, recipients=wish)
                message = replying.reply(conversation, outgoing, by=actors.agent(ada), user=ada)
            for address, copy in send(message, doubles).items():
                known[address].add(secret)
                told = {f"secret-{n}" for n in range(len(steps) + 1) if f"secret-{n}" in copy["text"]}
                assert told <= known[address], f"{address} is told {told - known[address]}"
                ids = Message.objects.filter(rfc_message_id__in=copy["references"].split())
                assert {one.text for one in ids} <= known[address]
