"""One spelling per address, and enough of it for its owner only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.addresses import country_of, hint, is_withheld, normalise_email, normalise_phone


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+49 30 1234567", "+49301234567"),
        ("+1 (500) 555-0006", "+15005550006"),
        ("+55 11 8765-4321", "+5511987654321"),  # Brazil's ninth digit
        ("+5511987654321", "+5511987654321"),
        ("+54 11 2345-6789", "+5491123456789"),  # Argentina's 9
        ("+52 1 55 1234 5678", "+525512345678"),  # Mexico's former 1
        ("+15005550006;ext=12", "+15005550006"),
        ("anonymous", None),
        ("+266696687", None),
        ("12345", None),
        ("Fernhill", None),
        ("", None),
        ("+" + "1" * 60, None),
    ],
)
def test_a_number_has_one_spelling(written: str, expected: str | None) -> None:
    assert normalise_phone(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Jo@Customer.Example", "jo@customer.example"),
        ("<jo@customer.example>", "jo@customer.example"),
        ("jo@bücher.example", "jo@xn--bcher-kva.example"),
        ("jo+shop@customer.example", "jo+shop@customer.example"),
        ("jo@customer.example.", "jo@customer.example"),
        ("jo", None),
        ("jo@", None),
        ("@customer.example", None),
        ("jo@a..example", None),
        ("jo@x.example\nBcc: all@x.example", None),
        ("j" * 65 + "@x.example", None),
        ("jo@" + "x" * 300, None),
    ],
)
def test_a_mail_address_has_one_spelling(written: str, expected: str | None) -> None:
    assert normalise_email(written) == expected


@given(st.text(max_size=400))
def test_no_text_breaks_the_normalising(text: str) -> None:
    for normalise in (normalise_email, normalise_phone):
        once = normalise(text)
        assert once is None or normalise(once) == once
    is_withheld(text)


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [("phone", "+15005550006", "•••• 0006"), ("email", "jo@customer.example", "j•••@customer.example")],
)
def test_a_hint_says_enough_for_its_owner(kind: str, address: str, shown: str) -> None:
    assert hint(kind, address) == shown


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+4915112345678", "DE"),
        ("+15005550006", "US"),
        ("+16135550123", "CA"),
        ("+447700900116", "GB"),  # in no plan: kept for films and tests
        ("+88213300123", ""),  # a satellite's, of no country
        ("jo@customer.example", ""),
        ("+", ""),
    ],
)
def test_a_number_belongs_to_a_country(number: str, country: str) -> None:
    assert country_of(number) == country
