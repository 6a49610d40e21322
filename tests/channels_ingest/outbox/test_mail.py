"""Mail on its way out, and the answers to it."""

from __future__ import annotations

import httpx
import pytest

from channels_ingest import outbox
from conversations.models import Channel, Message, ReplyToken
from doubles.background import Running
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.outbox.far_side import answer, later, log, queue

pytestmark = pytest.mark.django_db


def test_a_mails_id_is_stored_before_it_leaves(doubles: Running, mail: Channel, ada: User) -> None:
    build.mail(mail, subject="Broken kettle", provider_message_id="<one@customer.example>")
    httpx.post(f"{doubles.smtp_url}/behaviour", json={"next": [{"at": "data", "closes": True, "is_kept": True}]})
    delivery = queue(ada)
    outbox.deliver(delivery.pk)
    message = Message.objects.get(pk=delivery.message_id)
    assert message.delivery_state == "unknown"
    (sent,) = log(doubles.smtp_url)["messages"]
    assert sent["message_id"] == message.rfc_message_id != ""
    outbox.deliver(later(delivery).pk)
    assert len(log(doubles.smtp_url)["messages"]) == 1, "what may have arrived is not sent again"


def test_a_mail_carries_its_thread_and_a_token_of_its_own(doubles: Running, mail: Channel, ada: User) -> None:
    build.mail(mail, subject="Broken kettle", provider_message_id="<one@customer.example>")
    outbox.deliver(queue(ada).pk)
    outbox.deliver(queue(ada, "And one more thing.").pk)
    first, second = log(doubles.smtp_url)["messages"]
    assert (first["subject"], first["in_reply_to"]) == ("Re: Broken kettle", "<one@customer.example>")
    assert second["in_reply_to"] == first["message_id"]
    assert second["references"].split() == ["<one@customer.example>", first["message_id"]]
    token = ReplyToken.objects.get().token
    assert token in first["reply_to"] and token in second["reply_to"]
    assert first["envelope_to"] == [build.JO_MAIL]
    assert Message.objects.filter(delivery_state="sent", rfc_message_id=first["message_id"]).exists()


@pytest.mark.parametrize("by", ["token", "in-reply-to", "references"])
def test_an_answer_to_our_mail_threads_back(doubles: Running, mail: Channel, ada: User, by: str) -> None:
    build.mail(mail, subject="Broken kettle")
    conversation = build.conversation()
    outbox.deliver(queue(ada).pk)
    (sent,) = log(doubles.smtp_url)["messages"]
    headers = {
        "token": f"To: {sent['reply_to']}\r\nSubject: Something else",
        "in-reply-to": f"To: {mail.address}\r\nSubject: Another matter\r\nIn-Reply-To: {sent['message_id']}",
        "references": f"To: {mail.address}\r\nSubject: No more\r\nReferences: <x@y.example> {sent['message_id']}",
    }[by]
    message = answer(mail, headers, "Here is the photo.")
    assert message.conversation == conversation
    assert message.thread_rule == "reference"
