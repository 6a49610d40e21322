"""The one contract that all adapters keep, each test on each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels_ingest.adapters.failures import InvalidSignature, Unreadable
from channels_ingest.adapters.incoming import (
    CallUpdate,
    DeliveryUpdate,
    ForAccount,
    Ignored,
    InboundMessage,
    TypingUpdate,
    Unclear,
)
from channels_ingest.adapters.registry import ADAPTERS
from conversations import channel_kinds
from customers.assurance import Assurance
from tests.channels_ingest.adapter_contract import CASES, Case
from tests.channels_ingest.twilio import requests as twilio

KNOWN_KINDS = {"phone", "whatsapp_user", "email", "visitor", "external"}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, settings: Any) -> Case:
    settings.PUBLIC_URLS = [twilio.PUBLIC_URL]
    return CASES[request.param]


def message(case: Case, text: str = "Where is my parcel?") -> InboundMessage:
    (item,) = case.adapter().parse(case.genuine(text))
    assert isinstance(item, InboundMessage)
    return item


def test_every_adapter_that_is_built_in_is_in_the_contract():
    assert set(ADAPTERS) <= set(CASES)


def test_it_says_who_it_is(case: Case):
    adapter = case.adapter()
    assert adapter.provider and adapter.label
    assert adapter.channel_kind in channel_kinds.KINDS
    for field in adapter.fields:
        is_there = field.name in adapter.connection.credentials
        assert is_there or not (field.is_credential and field.is_required), f"{field.name} is missing"
        assert field.is_credential or not field.is_secret, f"{field.name} would be stored in the open"


def test_a_genuine_request_is_let_in(case: Case):
    case.adapter().verify(case.genuine("Hello"))


def test_an_unsigned_request_is_refused(case: Case):
    genuine = case.genuine("Hello")
    bare = {"content-type": genuine.header("content-type")}
    with pytest.raises(InvalidSignature):
        case.adapter().verify(replace(genuine, headers=bare))


def test_a_wrong_signature_is_refused(case: Case):
    genuine = case.genuine("Hello")
    wrong = {name: value if name == "content-type" else value + "x" for name, value in genuine.headers.items()}
    with pytest.raises(InvalidSignature):
        case.adapter().verify(replace(genuine, headers=wrong))


def test_parsing_is_pure(case: Case):
    adapter, request = case.adapter(), case.genuine("Hello")
    assert adapter.parse(request) == adapter.parse(request)


def test_a_message_can_be_told_from_every_other(case: Case):
    item = message(case)
    assert item.provider_message_id or item.client_id
    assert item.text.strip() == "Where is my parcel?"


def test_its_sender_is_normalised_and_never_more_than_the_channel_proves(case: Case):
    sender = message(case).sender
    assert sender is not None
    assert sender.kind in KNOWN_KINDS
    assert sender.address
    assert Assurance.CLAIMED <= sender.assurance <= Assurance.CHANNEL


def test_a_nul_never_gets_through(case: Case):
    assert "\x00" not in message(case, "Where is\x00 my parcel?").text


def test_a_field_nobody_knows_changes_nothing(case: Case):
    request = case.with_unknown_field()
    adapter = case.adapter()
    adapter.verify(request)
    (item,) = adapter.parse(request)
    assert isinstance(item, InboundMessage)
    assert item.text.strip() == "Hello"


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400))
def test_any_bytes_are_understood_or_said_to_be_unreadable(case: Case, body: bytes):
    request = replace(case.genuine("Hello"), body=body)
    try:
        items = case.adapter().parse(request)
    except Unreadable as error:
        assert error.text
    else:
        known = InboundMessage | DeliveryUpdate | TypingUpdate | CallUpdate | Ignored | Unclear | ForAccount
        assert all(isinstance(one, known) for one in items)


def test_the_door_gets_an_answer(case: Case):
    answer = case.adapter().answer(case.genuine("Hello"))
    assert 200 <= answer.status < 300
