"""What Twilio's requests say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import DeliveryUpdate, Ignored, InboundMessage, RawRequest
from channels_ingest.adapters.twilio_errors import explain
from customers.assurance import Assurance
from tests.channels_ingest.twilio.requests import FORM, JO, OUR_NUMBER, PATH, PAYLOADS, adapter, payload, request


def message(name: str, **changes: str) -> InboundMessage:
    [item] = adapter().parse(request({**payload(name), **changes}, signed=""))
    assert isinstance(item, InboundMessage)
    return item


def update(name: str, query: str = "", **changes: str) -> DeliveryUpdate:
    came = request({**payload(name), **changes}, signed="", path="/webhooks/3/status/", query=query)
    [item] = adapter().parse(came)
    assert isinstance(item, DeliveryUpdate)
    return item


def test_a_text_has_its_sender_recipient_and_id() -> None:
    text = message("inbound_text")
    assert text.provider_message_id == payload("inbound_text")["MessageSid"]
    assert text.text == "Where is my order 4711?"
    assert text.recipient == OUR_NUMBER
    assert text.sender is not None
    assert (text.sender.kind, text.sender.address, text.sender.address_as_seen) == ("phone", JO, JO)
    assert text.sender.assurance is Assurance.PRESENTED
    assert (text.automatic, text.opt_out, text.attachments) == ("", "", ())
    assert text.facts["FromCity"] == "SAN FRANCISCO"


def test_files_come_with_their_urls_even_without_words() -> None:
    mms = message("inbound_media")
    assert mms.text == ""
    assert [item.content_type for item in mms.attachments] == ["image/jpeg", "text/vcard"]
    assert [item.name for item in mms.attachments] == ["file-1.jpg", "file-2.vcf"]
    assert all(item.url.startswith("https://api.twilio.com/") and item.content is None for item in mms.attachments)


def test_a_messaging_service_names_itself_and_the_number_stays_ours() -> None:
    text = message("inbound_messaging_service")
    assert text.recipient == OUR_NUMBER
    assert text.facts["MessagingServiceSid"].startswith("MG")


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ("STOP", "stop"),
        (" stop\n", "stop"),
        ("Unsubscribe", "stop"),
        ("start", "start"),
        ("Help", "help"),
        ("STOP please", ""),
        ("don't stop", ""),
        ("", ""),
        ("STOP.", "stop"),
        ("STOP?", ""),
        ("OptOut", "stop"),
        ("revoke!", "stop"),
        ("UNSTOP", "start"),
        ("yes", "yes"),
    ],
)
def test_only_a_keyword_by_itself_is_a_wish(body: str, wish: str) -> None:
    assert message("inbound_text", Body=body).opt_out == wish


def test_yes_stays_a_yes_even_where_a_service_takes_it_for_start() -> None:
    assert message("inbound_text", Body="Yes", OptOutType="START").opt_out == "yes"
    assert message("inbound_text", Body="Begin", OptOutType="START").opt_out == "start"


def test_whether_twilio_has_answered_a_keyword_is_told() -> None:
    assert message("inbound_text", Body="HELP", OptOutType="HELP").is_opt_out_answered
    assert not message("inbound_text", Body="HELP").is_opt_out_answered


def test_twilios_own_word_on_opting_out_counts_in_every_language() -> None:
    assert message("inbound_advanced_opt_out").opt_out == "stop"
    assert message("inbound_stop").opt_out == "stop"


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("72975", "short_code"),
        ("+172975", "short_code"),
        ("+1729756", "short_code"),
        ("BANK", "alphanumeric"),
        ("+999123456", "not_a_number"),
        ("+266696687", "withheld"),
        ("", "withheld"),
        ("+1", "short_code"),
    ],
)
def test_who_can_not_be_a_person_is_nobody(sender: str, kind: str) -> None:
    text = message("inbound_text", From=sender)
    assert text.sender is None
    assert text.automatic == "no_reply"
    assert (text.facts["sender"], text.facts["sender_kind"]) == (sender, kind)


def test_our_own_number_is_no_person_to_answer() -> None:
    assert message("inbound_text", From=OUR_NUMBER).automatic == "auto_reply"


def test_nul_bytes_are_taken_out() -> None:
    assert message("inbound_nul").text == "Hellothere"


def test_every_character_arrives_as_written() -> None:
    assert message("inbound_unicode").text == payload("inbound_unicode")["Body"]


def test_unknown_fields_are_kept_as_they_came() -> None:
    facts = message("inbound_from_tomorrow").facts
    assert (facts["TrafficSignal"], facts["RiskScore"]) == ("high", "12")


def test_a_call_of_the_fallback_url_is_still_a_message() -> None:
    text = message("inbound_fallback")
    assert text.text == payload("inbound_text")["Body"]
    assert text.facts["ErrorCode"] == "11200"


def test_a_message_posted_to_the_status_url_is_still_a_message() -> None:
    [item] = adapter().parse(request(payload("inbound_text"), signed="", path="/webhooks/3/status/"))
    assert isinstance(item, InboundMessage)


def test_a_get_webhook_is_read_from_its_query() -> None:
    came = request({}, signed="", method="GET", query="MessageSid=SM1&Body=hi%20there&From=%2B14155552671")
    [item] = adapter().parse(came)
    assert isinstance(item, InboundMessage)
    assert item.text == "hi there"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", "sending"),
        ("scheduled", "sending"),
        ("queued", "sending"),
        ("sending", "sending"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "read"),
        ("undelivered", "failed"),
        ("failed", "failed"),
        ("canceled", "cancelled"),
    ],
)
def test_each_status_has_its_state(status: str, state: str) -> None:
    assert update("status_sent", MessageStatus=status, SmsStatus=status).state == state


def test_a_status_names_message_recipient_and_our_own_key() -> None:
    delivered = update("status_delivered", query="delivery=key%2F17")
    assert delivered.provider_message_id == payload("status_delivered")["MessageSid"]
    assert delivered.recipient == JO
    assert delivered.idempotency_key == "key/17"
    assert delivered.error_code == ""


def test_an_old_style_status_without_message_status_is_understood() -> None:
    fields = payload("status_delivered")
    del fields["MessageStatus"]
    [item] = adapter().parse(request(fields, signed=""))
    assert isinstance(item, DeliveryUpdate)
    assert item.state == "delivered"


def test_a_failure_says_in_words_what_happened() -> None:
    failed = update("status_undelivered")
    assert (failed.state, failed.error_code) == ("failed", "30003")
    assert failed.error_text == "The phone is switched off or out of reach."
    assert explain("30003").is_retryable
    opted_out = update("status_failed_opted_out")
    assert "STOP" in opted_out.error_text
    assert explain("21610").is_opt_out


def test_an_unknown_error_keeps_the_providers_words() -> None:
    assert update("status_undelivered", ErrorCode="39999", ErrorMessage="Solar\nflare.").error_text == (
        "Twilio refused the message (error 39999): Solar flare."
    )


def test_a_report_that_a_message_was_received_is_nothing_to_do() -> None:
    [item] = adapter().parse(request({"MessageSid": "SM1", "MessageStatus": "received"}, signed=""))
    assert isinstance(item, Ignored)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"CallSid": "CA1", "CallStatus": "ringing"},
        {"MessageSid": ""},
        {"MessageSid": "SM1"},
        {"MessageSid": "../" * 20, "Body": "x"},
        {"MessageSid": "S" * 65, "Body": "x"},
        {"MessageSid": "SM1", "MessageStatus": "teleported"},
        {"MessageSid": "SM1", "Body": "hi", "From": "whatsapp:+14155552671", "To": "whatsapp:+15105550100"},
    ],
)
def test_what_can_not_be_understood_says_so(fields: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        adapter().parse(request(fields, signed=""))


def test_json_is_not_read_as_a_form() -> None:
    with pytest.raises(Unreadable):
        adapter().parse(request({}, signed="", content_type="application/json", body=b"MessageSid=SM1&Body=x"))


@given(st.binary(max_size=400), st.sampled_from(["", FORM, FORM + "; charset=latin-1", FORM + "; charset=\0x"]))
def test_no_bytes_raise_anything_but_unreadable(body: bytes, content_type: str) -> None:
    came = RawRequest(
        "POST", PATH, "", {"content-type": content_type}, b"MessageSid=SM1&Body=" + body, datetime.now(UTC)
    )
    try:
        items = adapter().parse(came)
    except Unreadable:
        return
    assert "\0" not in repr(items).replace("\\x00", "\0")


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.json")))
def test_every_recorded_request_is_read_or_quarantined(name: str) -> None:
    came = request(payload(name), signed="")
    if name == "status_unknown":
        with pytest.raises(Unreadable):
            adapter().parse(came)
    else:
        assert len(adapter().parse(came)) == 1


def test_the_answer_at_the_door_is_an_empty_document() -> None:
    answer = adapter().answer(request({}, signed=""))
    assert (answer.status, answer.content_type, answer.body) == (200, "text/xml", "<Response/>")
