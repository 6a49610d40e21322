"""Addresses as people and programs really write them."""

from __future__ import annotations

import pytest

from channels_ingest.adapters.email.addresses import MailAddress, parse_addresses


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("jo@customer.example", "jo@customer.example", ""),
        ("Jo Miller <Jo@Customer.EXAMPLE>", "Jo@customer.example", "Jo Miller"),
        ('"Miller, Jo" <jo@customer.example>', "jo@customer.example", "Miller, Jo"),
        ("jo@customer.example (Jo Miller)", "jo@customer.example", "Jo Miller"),
        ("=?utf-8?q?J=C3=B6?= <jo@customer.example>", "jo@customer.example", "Jö"),
        ('"=?utf-8?q?J=C3=B6?=" <jo@customer.example>', "jo@customer.example", "Jö"),
        ("'jo@customer.example'", "jo@customer.example", ""),
        ("<jo@customer.example>,", "jo@customer.example", ""),
        ("mailto:jo@customer.example", "jo@customer.example", ""),
        ("<@relay.example:jo@customer.example>", "jo@customer.example", ""),
        ("Jo <jo@customer.example", "", ""),
        ('"odd local"@customer.example', '"odd local"@customer.example', ""),
        ("jo@grüße.example", "jo@grüße.example", ""),
        ("jo@xn--gre-hoa8f.example", "jo@xn--gre-hoa8f.example", ""),
        ('"Jo <jo@customer.example>', "jo@customer.example", '"Jo'.strip('"')),
        ("=?utf-8?q?Jo_=3Cjo@customer.example=3E?=", "jo@customer.example", "Jo"),
    ],
)
def test_an_address_is_found_with_its_name(value: str, address: str, name: str) -> None:
    expected = (MailAddress(address, name),) if address else ()

    assert parse_addresses(value) == expected


def test_an_address_in_the_name_is_no_name() -> None:
    (found,) = parse_addresses('"ceo@bank.example" <thief@evil.example>')

    assert found == MailAddress("thief@evil.example")


def test_an_encoded_name_smuggles_in_no_address() -> None:
    (found,) = parse_addresses("=?utf-8?q?ceo=40bank.example=3E=2C?= <thief@evil.example>")

    assert found.address == "thief@evil.example"


def test_direction_controls_in_a_name_are_dropped() -> None:
    (found,) = parse_addresses("\u202eJo\u200b Miller\x00 <jo@customer.example>")

    assert found.name == "Jo Miller"


def test_groups_are_opened_and_empty_ones_hold_nobody() -> None:
    assert parse_addresses("undisclosed-recipients:;") == ()
    assert [one.address for one in parse_addresses("Team: a@x.example, b@x.example;, c@x.example")] == [
        "a@x.example",
        "b@x.example",
        "c@x.example",
    ]


def test_several_addresses_are_kept_in_order() -> None:
    found = parse_addresses("a@x.example, B <b@x.example>; c@x.example")

    assert [one.address for one in found] == ["a@x.example", "b@x.example", "c@x.example"]


def test_two_angle_addresses_in_a_row_are_two_senders() -> None:
    assert len(parse_addresses("<ceo@bank.example> <thief@evil.example>")) == 2


@pytest.mark.parametrize("value", ["", "<>", "jo", "@", "jo@", "@x.example", "a@b@c", "jo@-x.example", "jo@x y", ",,;"])
def test_what_is_no_address_is_left_out(value: str) -> None:
    assert parse_addresses(value) == ()
