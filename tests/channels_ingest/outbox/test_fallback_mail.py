"""The mail that brings what a visitor did not see: what stands in it, and where its answer goes."""

from __future__ import annotations

import pytest

from channels_ingest import outbox
from conversations.actions import actors, claiming
from conversations.models import Channel, Delivery, Message, ReplyToken
from doubles.background import Running
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.outbox.far_side import answer, log
from tests.conversations.chat_left import leave, prove, say, sweep

pytestmark = pytest.mark.django_db


def test_it_quotes_that_chat_alone_and_its_answer_lands_there(doubles: Running, mail: Channel, ada: User) -> None:
    build.mail(mail, "My secret matter", sender="kim@customer.example")
    chat = build.channel("chat")
    jo = build.chat(chat, "Where is my parcel?").message.identity
    assert jo is not None
    prove(jo)
    conversation = Message.objects.filter(identity=jo).latest("pk").conversation
    build.chat(chat, "Somebody else's words", visitor="v_stranger")
    leave(jo)
    say(conversation, "It left today.", by=ada)
    (made,) = sweep()
    outbox.deliver(made.delivery.pk)
    outbox.deliver(made.delivery.pk)
    (sent,) = [one for one in log(doubles.smtp_url)["messages"] if "code for" not in one["text"]]
    assert sent["envelope_to"] == [build.JO_MAIL]
    assert "It left today." in sent["text"] and "> Where is my parcel?" in sent["text"]
    assert ", you wrote:" in sent["text"] and jo.address not in sent["text"]
    for strange in ("My secret matter", "Somebody else's words"):
        assert strange not in sent["text"]
    assert ReplyToken.objects.get(identity=made.identity, conversation=conversation).token in sent["reply_to"]
    headers = f"To: {sent['reply_to']}\r\nSubject: Re: {sent['subject']}"
    assert answer(mail, headers, "Thank you, and where is it now?").conversation == conversation


def test_a_worker_that_died_after_the_row_sends_one_mail(doubles: Running, mail: Channel, ada: User) -> None:
    """Everything is in the row: whoever comes next sends it, once."""
    jo = build.chat(build.channel("chat")).message.identity
    assert jo is not None
    prove(jo)
    leave(jo)
    say(build.conversation(), "It left today.", by=actors.AI)
    (made,) = sweep()
    assert sweep() == []
    due = [one for one in claiming.due() if Delivery.objects.get(pk=one).message_id == made.pk]
    for delivery_id in [*due, *due]:
        outbox.deliver(delivery_id)
    sent = [one for one in log(doubles.smtp_url)["messages"] if "It left today." in one["text"]]
    assert len(sent) == 1
