"""The same request from several of Twilio's hosts at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from ai_tier1.models import Rollout
from channels_ingest.models import CallTurn
from channels_ingest.voice import script
from conversations.models import Call, Conversation, Message
from customers.models import Customer, Identity
from tests import build
from tests.channels_ingest.signing import FORM, signature
from tests.channels_ingest.voice.caller import Caller
from tests.races import at_once
from tests.transactional import commits

pytestmark = commits


@pytest.mark.parametrize("number", [build.JO_PHONE, "anonymous"])
def test_a_turn_told_three_times_at_once_is_one_message_and_one_answer(
    monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    from urllib.parse import urlencode

    monkeypatch.setattr(script, "HELD_SECONDS", 0.3)
    phone = build.channel("phone")
    Rollout.objects.create(channel=phone, mode=Rollout.Mode.ALWAYS)
    jo = Caller(phone, number)
    jo.call()
    path = f"/webhooks/{phone.pk}/?turn=1&at=ask"
    fields = jo.fields(From=number, SpeechResult="Where is my parcel?", Confidence="0.9")
    headers = {"x-twilio-signature": signature(path, fields)}

    def post() -> bytes:
        return Client().post(path, urlencode(fields), content_type=FORM, headers=headers).content

    documents = at_once([post] * 3)

    assert len(set(documents)) == 1
    assert Message.objects.count() == 1
    assert (Call.objects.count(), CallTurn.objects.count(), Customer.objects.count()) == (1, 2, 1)


def test_twenty_first_contacts_of_one_number_by_text_whatsapp_and_phone_are_one_of_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(script, "HELD_SECONDS", 0.3)
    sms, whatsapp, phone = build.channel("sms"), build.channel("whatsapp"), build.channel("phone")

    def call(number: int) -> None:
        jo = Caller(phone)
        jo.call()
        jo.say(f"Call {number}")

    texts = [partial(build.sms, sms, f"Text {number}", sid=f"SM{number}") for number in range(8)]
    chats = [
        partial(build.whatsapp, whatsapp, f"Chat {number}", provider_message_id=f"wamid.{number}")
        for number in range(7)
    ]
    contacts: list[Callable[[], Any]] = [*texts, *chats, *[partial(call, number) for number in range(5)]]
    at_once(contacts)

    assert Customer.objects.filter(merged_into=None).count() == 1
    conversation = Conversation.objects.get(merged_into=None)
    assert Identity.objects.get().address == build.JO_PHONE
    assert {*conversation.channel_kinds} == {"sms", "whatsapp", "phone"}
    assert Message.objects.filter(direction="inbound").count() == 20
    assert Call.objects.count() == 5
