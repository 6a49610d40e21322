"""WhatsApp by Twilio: what its requests say, and how it is written to."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest

from channels_ingest.adapters.failures import Permanent, Unreadable
from channels_ingest.adapters.incoming import DeliveryUpdate, InboundItem, InboundMessage
from channels_ingest.adapters.outgoing import OutboundAttachment
from customers.assurance import Assurance
from doubles.background import Running
from tests.channels_ingest.twilio.requests import request
from tests.channels_ingest.whatsapp.requests import JO, JO_USER, OUR_NUMBER, outbound, payload, twilio_adapter
from tests.waiting import eventually


def item(name: str, **changes: str) -> InboundItem:
    (found,) = twilio_adapter().parse(request({**payload(f"twilio_{name}"), **changes}, signed=""))
    return found


def message(name: str, **changes: str) -> InboundMessage:
    found = item(name, **changes)
    assert isinstance(found, InboundMessage)
    return found


def test_a_message_has_number_account_and_name() -> None:
    said = message("text")
    assert said.sender is not None
    assert (said.sender.kind, said.sender.address, said.sender.address_as_seen) == ("phone", JO, JO)
    assert (said.sender.name, said.sender.assurance) == ("Jo Muller", Assurance.CHANNEL)
    assert [(one.kind, one.address) for one in said.also] == [("whatsapp_user", JO_USER)]
    assert said.recipient == OUR_NUMBER
    assert said.occurred_at is not None


def test_a_person_who_hides_the_number_is_known_by_the_account() -> None:
    said = message("username")
    assert said.sender is not None
    assert (said.sender.kind, said.sender.address, said.also) == ("whatsapp_user", JO_USER, ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("button", "Yes, deliver tomorrow"),
        ("list", "Friday"),
        ("location", "Location: Big Ben, London SW1A 0AA (51.5007, -0.1246)"),
        ("image", "The broken handle"),
        ("unsupported", "[A message of a kind that WhatsApp does not pass on]"),
    ],
)
def test_every_kind_is_readable(name: str, text: str) -> None:
    assert message(name).text == text


def test_a_reply_names_the_message_it_answers() -> None:
    assert message("button").references == ("SM44444444444444444444444444444444",)
    assert message("text").references == ()


def test_files_come_along() -> None:
    (file,) = message("image").attachments
    assert (file.name, file.content_type) == ("file-1.jpg", "image/jpeg")


def test_a_reaction_asks_for_nothing() -> None:
    said = message("text", MessageType="reaction", Body="👍")
    assert (said.text, said.not_work) == ("Reacted with 👍", "reaction")


@pytest.mark.parametrize(("body", "wish"), [("STOP", "stop"), ("start", "start"), ("help", "help"), ("Cancel", "")])
def test_what_carriers_know_counts_and_what_wants_something_does_not(body: str, wish: str) -> None:
    assert message("text", Body=body).opt_out == wish


def test_a_read_receipt_is_a_state() -> None:
    found = item("status_read")
    assert isinstance(found, DeliveryUpdate)
    assert (found.state, found.recipient) == ("read", JO)


def test_a_closed_window_is_told_in_words() -> None:
    found = item("status_window_closed")
    assert isinstance(found, DeliveryUpdate)
    assert (found.state, found.error_code) == ("failed", "63016")
    assert "24 hours" in found.error_text


def test_a_text_message_is_not_this_channels() -> None:
    with pytest.raises(Unreadable):
        item("text", To="+15105550100")


@pytest.fixture
def twilio(far_side: Running) -> str:
    return far_side.twilio_url


def log(url: str) -> dict[str, list[dict[str, Any]]]:
    return cast(dict[str, list[dict[str, Any]]], httpx.get(f"{url}/log").json())


@pytest.mark.parametrize("to", [JO, JO_USER])
def test_addresses_leave_with_the_channels_mark(twilio: str, to: str) -> None:
    twilio_adapter({"base_url": twilio}).send(outbound(to_address=to))
    (sent,) = log(twilio)["messages"]
    assert (sent["to"], sent["from"]) == (f"whatsapp:{to}", f"whatsapp:{OUR_NUMBER}")


def test_what_was_sent_is_found_again(twilio: str) -> None:
    adapter = twilio_adapter({"base_url": twilio})
    sent = adapter.send(outbound())
    found = adapter.find_sent(outbound())
    assert found is not None and found.provider_message_id == sent.provider_message_id


def test_one_message_carries_one_file(twilio: str) -> None:
    file = OutboundAttachment("a.png", "image/png", b"x", url="https://help.example/files/1")
    twilio_adapter({"base_url": twilio}).send(outbound(attachments=(file,)))
    with pytest.raises(Permanent):
        twilio_adapter({"base_url": twilio}).send(outbound(attachments=(file, file)))


def test_the_live_test_asks_for_the_account(twilio: str) -> None:
    assert [line.is_ok for line in twilio_adapter({"base_url": twilio}).check()] == [True]


def test_the_double_refuses_outside_the_window_as_twilio_does(twilio: str) -> None:
    httpx.post(f"{twilio}/behaviour", json={"is_window_strict": True}).raise_for_status()
    twilio_adapter({"base_url": twilio}).send(outbound())
    eventually(lambda: log(twilio)["messages"][0]["status"] == "failed")


def test_the_double_reads_what_it_gets(twilio: str) -> None:
    twilio_adapter({"base_url": twilio}).send(outbound())
    eventually(lambda: log(twilio)["messages"][0]["status"] == "read")
