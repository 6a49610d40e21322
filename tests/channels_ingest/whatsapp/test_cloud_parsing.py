"""What Meta's notifications say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import DeliveryUpdate, ForAccount, Ignored, InboundItem, InboundMessage, Unclear
from customers.assurance import Assurance
from tests.channels_ingest.whatsapp.requests import (
    JO,
    JO_USER,
    NUMBER_ID,
    OTHER_NUMBER_ID,
    PAYLOADS,
    adapter,
    payload,
    request,
    value,
)

WHEN = datetime.fromtimestamp(1780000000, UTC)


def items(content: Any) -> list[InboundItem]:
    return adapter().parse(request(content))


def message(name: str, **changes: Any) -> InboundMessage:
    content = payload(name)
    value(content)["messages"][0] |= changes
    (item,) = items(content)
    assert isinstance(item, InboundMessage)
    return item


def update(name: str, **changes: Any) -> DeliveryUpdate:
    content = payload(name)
    value(content)["statuses"][0] |= changes
    (item,) = items(content)
    assert isinstance(item, DeliveryUpdate)
    return item


def test_a_text_has_its_sender_his_account_and_his_own_time() -> None:
    said = message("text")
    assert (said.provider_message_id, said.text) == ("wamid.IN-text", "Where is my order 4711?")
    assert said.sender is not None
    assert (said.sender.kind, said.sender.address, said.sender.name) == ("phone", JO, "Jo Muller")
    assert said.sender.assurance is Assurance.CHANNEL
    assert [(one.kind, one.address, one.assurance) for one in said.also] == [
        ("whatsapp_user", JO_USER, Assurance.CHANNEL)
    ]
    assert said.occurred_at == WHEN
    assert (said.automatic, said.opt_out, said.not_work) == ("", "", "")


def test_a_person_who_hides_the_number_is_known_by_the_account() -> None:
    said = message("username")
    assert said.sender is not None
    assert (said.sender.kind, said.sender.address, said.also) == ("whatsapp_user", JO_USER, ())


def test_a_reply_names_the_message_it_answers() -> None:
    assert message("reply").references == ("wamid.OURS",)
    assert message("button").references == ("wamid.OURS",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("location", "Location: Big Ben, London SW1A 0AA (51.5007, -0.1246)"),
        ("contacts", "Contact: Lin Chen, +44 20 7946 0018, lin@customer.example\nContact: Max"),
        ("button", "Yes, deliver tomorrow"),
        ("interactive_button", "Track my parcel"),
        ("interactive_list", "Friday\nbetween 9 and 12"),
        ("interactive_without_member", "[A choice]"),
        ("order", "Order:\n2 × TENT-2 at 129.5 EUR\nBy Friday if you can"),
        ("edit", "Edited: Where is my order 4712?"),
        ("unsupported", "[A message of a kind that WhatsApp does not pass on]"),
        ("tomorrow", "[Hologram]"),
    ],
)
def test_every_kind_is_readable(name: str, text: str) -> None:
    said = message(name)
    assert (said.text, said.not_work) == (text, "")


@pytest.mark.parametrize(
    ("name", "text", "file", "content_type"),
    [
        ("image", "The broken handle", "photo.jpg", "image/jpeg"),
        ("document", "My invoice", "invoice 4711.pdf", "application/pdf"),
        ("sticker", "", "sticker.webp", "image/webp"),
        ("video", "", "video.mp4", "video/mp4"),
        ("voice", "", "voice message.oga", "audio/ogg"),
    ],
)
def test_files_come_with_their_id_and_words(name: str, text: str, file: str, content_type: str) -> None:
    said = message(name)
    (attachment,) = said.attachments
    assert (said.text, attachment.name, attachment.content_type) == (text, file, content_type)
    assert attachment.url.startswith("whatsapp-media:10375432915436")
    assert attachment.content is None


def test_a_file_that_meta_could_not_take_is_said_to_be_missing() -> None:
    said = message("image", image={"mime_type": "image/jpeg"}, errors=[{"code": 131052}])
    assert (said.text, said.attachments) == ("[A file that could not be received: photo]", ())


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("reaction", "Reacted with 👍", "reaction"),
        ("reaction_removed", "Took back a reaction", "reaction"),
        ("revoke", "Deleted a message", "revoked"),
        ("number_changed", "Jo changed from 14155552671 to 14155552672", "number_changed"),
    ],
)
def test_what_asks_for_nothing_says_so(name: str, text: str, why: str) -> None:
    said = message(name)
    assert (said.text, said.not_work, said.automatic) == (text, why, "")


def test_a_changed_number_is_only_claimed() -> None:
    claims = [(one.kind, one.address, one.assurance) for one in message("number_changed").also]
    assert claims == [
        ("phone", "+14155552672", Assurance.CLAIMED),
        ("whatsapp_user", "US.777", Assurance.CLAIMED),
    ]


@pytest.mark.parametrize(
    ("body", "wish"), [("STOP", "stop"), (" stop. ", "stop"), ("start", "start"), ("help", "help"), ("cancel", "")]
)
def test_what_carriers_know_counts_and_what_wants_something_does_not(body: str, wish: str) -> None:
    assert message("text", text={"body": body}).opt_out == wish


@pytest.mark.parametrize(
    ("name", "state", "code"),
    [
        ("status_sent", "sent", ""),
        ("status_delivered", "delivered", ""),
        ("status_read", "read", ""),
        ("status_played", "read", ""),
        ("status_failed", "failed", "131026"),
        ("status_window_closed", "failed", "131047"),
    ],
)
def test_a_status_becomes_a_state(name: str, state: str, code: str) -> None:
    found = update(name)
    assert (found.provider_message_id, found.state, found.error_code) == ("wamid.OURS", state, code)
    assert bool(found.error_text) == bool(code)


def test_our_key_comes_back_with_a_status_and_what_is_free_costs_nothing() -> None:
    found = update("status_sent")
    assert (found.idempotency_key, found.cost) == ("delivery-17", "0")
    assert update("status_read").cost == ""


def test_an_error_is_told_in_words_an_agent_understands() -> None:
    assert "24 hours" in update("status_window_closed").error_text
    odd = update("status_failed", errors=[{"code": 999, "title": "Odd thing"}])
    assert odd.error_text == "WhatsApp refused the message (error 999): Odd thing."


@pytest.mark.parametrize("name", ["errors", "status_deleted"])
def test_what_changes_nothing_is_ignored_with_a_reason(name: str) -> None:
    (item,) = items(payload(name))
    assert isinstance(item, Ignored) and item.reason


def test_one_post_may_hold_everything_at_once() -> None:
    content = payload("text")
    value(content)["messages"].append(value(payload("image"))["messages"][0])
    value(content)["statuses"] = value(payload("status_read"))["statuses"]
    content["entry"].append(payload("location")["entry"][0])
    kinds = [type(item).__name__ for item in items(content)]
    assert kinds == ["InboundMessage", "InboundMessage", "DeliveryUpdate", "InboundMessage"]


def test_a_part_for_another_number_says_so() -> None:
    content = payload("text")
    other = payload("status_read")
    value(other)["metadata"]["phone_number_id"] = OTHER_NUMBER_ID
    content["entry"] += other["entry"]
    mine, theirs = items(content)
    assert isinstance(mine, InboundMessage)
    assert isinstance(theirs, ForAccount)
    assert (theirs.account, type(theirs.item)) == (OTHER_NUMBER_ID, DeliveryUpdate)


@pytest.mark.parametrize(
    ("member", "wrong"), [("messages", [{"type": "text"}]), ("statuses", [{"id": "1", "status": "teleported"}])]
)
def test_a_spoilt_part_keeps_the_others_from_nothing(member: str, wrong: list[Any]) -> None:
    content = payload("text")
    value(content).setdefault(member, [])
    value(content)[member] += wrong
    found = items(content)
    assert [type(item) for item in found] == [InboundMessage, Unclear]


def test_several_people_in_one_post_keep_their_names() -> None:
    content = payload("text")
    value(content)["contacts"].append({"profile": {"name": "Lin"}, "wa_id": "14155550000"})
    value(content)["messages"].append(
        {"from": "14155550000", "id": "w2", "type": "text", "text": {"body": "hi"}, "timestamp": "1780000001"}
    )
    names = [item.sender.name for item in items(content) if isinstance(item, InboundMessage) and item.sender]
    assert names == ["Jo Muller", "Lin"]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"object": "page"}', b"[" * 100_000])
def test_what_is_no_notification_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        adapter().parse(request(body))


def test_half_a_surrogate_pair_and_a_nul_never_get_through() -> None:
    body = json.dumps(payload("text")).replace("4711", "\\ud83d\\u0000!").encode()
    (item,) = adapter().parse(request(body))
    assert isinstance(item, InboundMessage)
    assert item.text == "Where is my order ?!?"
    item.text.encode()


@pytest.mark.parametrize("name", [path.stem for path in PAYLOADS.glob("*.json") if not path.stem.startswith("twilio_")])
def test_any_member_may_be_missing_or_of_another_type(name: str) -> None:
    """Each member in turn is taken out and replaced; something is understood or said to be unreadable."""
    whole = json.dumps(payload(name))
    odd_values: tuple[Any, ...] = (None, 7, "x", [], {}, [None, 7, ["x"]], {"id": {}})
    for odd in odd_values:
        for path in _paths(json.loads(whole)):
            content = json.loads(whole)
            _put(content, path, odd)
            try:
                assert items(content)
            except Unreadable as error:
                assert error.text


def _paths(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path for key, child in pairs for path in [(*at, key), *_paths(child, (*at, key))]]


def _put(node: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = new


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(found=JSON)
def test_any_value_is_understood_or_said_to_be_unreadable(found: Any) -> None:
    change = {"field": "messages", "value": {"metadata": {"phone_number_id": NUMBER_ID}, "messages": found}}
    content = {"object": "whatsapp_business_account", "entry": [{"changes": [change]}]}
    assert items(content)
