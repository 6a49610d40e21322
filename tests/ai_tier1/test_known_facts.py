"""What a customer has already told us."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_tier1.known_facts import known_facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi, order FH-20418 hasn't come", [("order_number", "FH-20418")]),
        ("my order number is 12345678", [("order_number", "12345678")]),
        ("fh-20418", [("order_number", "FH-20418")]),
        ("Bestellung Nr. 884422", [("order_number", "884422")]),
        ("invoice INV-2026-0042", [("invoice_number", "INV-2026-0042")]),
        ("tracking number JD014600003456", [("tracking_number", "JD014600003456")]),
        ("RR123456785GB", [("tracking_number", "RR123456785GB")]),
        ("model TR4402", [("reference", "TR4402")]),
        ("write to jo@example.com.", [("email", "jo@example.com")]),
        ("call +44 7700 900123", [("phone", "+44 7700 900123")]),
        ("I paid £1,299.00 for it", [("amount", "£1,299.00")]),
        ("it was 25 pounds", [("amount", "25 pounds")]),
        ("89,90 € wurden abgebucht", [("amount", "89,90 €")]),
        ("on 12 March 2026", [("date", "12 March 2026")]),
        ("am 03.11.2026", [("date", "03.11.2026")]),
        ("I ordered last Tuesday", [("date", "last Tuesday")]),
        ("14 Weir Lane, Linwell LW3 4AB please", [("address", "14 Weir Lane, Linwell LW3 4AB")]),
        ("Lindenstraße 12a, 10115 Berlin", [("address", "Lindenstraße 12a, 10115 Berlin")]),
    ],
)
def test_facts_are_found_with_their_kind(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(fact.name, fact.value) for fact in known_facts(text)] == expected


@pytest.mark.parametrize(
    "text",
    ["I need 3 tents for 4 people in 2026", "the tent weighs 2.5 kg", "order 2 tents", "9 to 5", "1234", "50 % off"],
)
def test_plain_numbers_are_no_facts(text: str) -> None:
    assert known_facts(text) == []


def test_a_fact_says_where_it_stands() -> None:
    text = "My order is FH-20418, thanks"
    (fact,) = known_facts(text)
    assert text[fact.start : fact.end] == "FH-20418"


@given(st.text(max_size=400))
def test_any_text_gives_facts_that_do_not_overlap(text: str) -> None:
    facts = known_facts(text)
    assert all(one.end <= other.start for one, other in pairwise(facts))
    assert all(0 <= fact.start < fact.end <= len(text) for fact in facts)


@pytest.mark.parametrize("piece", ["1", "1 ", "a@", "A a ", "order ", "(0", "1 Aa ", "1.111", "+1 ", "12 rue ", "£1,"])
def test_hostile_repetition_costs_little(piece: str) -> None:
    started = time.perf_counter()
    known_facts(piece * (100_000 // len(piece)))
    assert time.perf_counter() - started < 1
