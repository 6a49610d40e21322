"""What is said is said as it is, to whom it belongs: TwiML, signatures, places in the script."""

from __future__ import annotations

import pytest

from conversations.actions import claiming
from conversations.models import Call, Channel, Message
from tests.channels_ingest.signing import CLIENT, FORM
from tests.channels_ingest.voice.caller import Caller
from tests.channels_ingest.voice.tier1 import answers

pytestmark = pytest.mark.django_db


def test_speech_and_answers_never_become_twiml(phone: Channel) -> None:
    evil = '</Say></Gather><Dial>+15005550009</Dial><Say x="&amp;">\u0007'
    jo = Caller(phone)
    jo.call()
    jo.say(evil)
    answers(jo, evil)
    jo.wait()
    assert jo.heard.find(".//Dial") is None
    assert "<Dial>" not in jo.document


def test_a_brand_with_marks_in_its_name_is_said_as_it_is(phone: Channel) -> None:
    phone.desk.brand = "Fox & {Sons} <Ltd>"
    phone.desk.save()
    assert "Fox & {Sons} <Ltd>" in Caller(phone).call()


def test_unsigned_calls_are_refused(phone: Channel) -> None:
    answer = CLIENT.post(f"/webhooks/{phone.pk}/?turn=1&at=ask", "CallSid=CA1&SpeechResult=Hi", content_type=FORM)
    assert answer.status_code == 403
    assert not Message.objects.exists() and not Call.objects.exists()


def test_a_turn_can_not_be_moved_to_another_place_in_the_script(phone: Channel) -> None:
    from tests.channels_ingest.signing import signature

    jo = Caller(phone)
    jo.call()
    fields = jo.fields(From=jo.number, Digits="1")
    signed = signature(f"/webhooks/{phone.pk}/?turn=1&at=ask", fields)
    from urllib.parse import urlencode

    answer = CLIENT.post(
        f"/webhooks/{phone.pk}/?turn=1&at=leave",
        urlencode(fields),
        content_type=FORM,
        headers={"x-twilio-signature": signed},
    )
    assert answer.status_code == 403


def test_the_outbox_leaves_what_is_spoken_alone(phone: Channel) -> None:
    from channels_ingest import outbox

    jo = Caller(phone)
    jo.call()
    jo.say("How long does delivery take?")
    delivery = answers(jo).delivery
    assert claiming.due() == []
    outbox.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count) == ("queued", 0)
