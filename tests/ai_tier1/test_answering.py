"""Answers made of the passages' own sentences."""

from __future__ import annotations

import pytest

from ai_tier1.answering import Form, Source, answer, facts_are_verbatim
from ai_tier1.quoting import units
from ai_tier1.sms_length import septets
from ai_tier1.voice_and_tone import Framing, framing, handoff_notice

SMS = Form(max_characters=306, is_segmented=True)
CHAT = Form(max_characters=600)
MAIL = Form(max_characters=3000, is_letter=True)
BARE = Framing()

RETURNS = (
    "You can send back unused items within 60 days of delivery. Used items can't be returned unless they are faulty. "
    "A return by label costs £2.90, which we take off the refund. Returns are free for members. "
    "Bringing the item to our shop in Linwell is always free. The desk is on the ground floor beside the stairs. "
    "Parking is free for twenty minutes in front of the shop if you ring the bell at the gate first. "
    "The gate stays open until the shop closes at half past six in the evening on every working day."
)
STEPS = "1. Open fernhill.example/returns and enter your order number.\n2. Choose the items.\n3. Print the label."


def source(text: str, *, heading: str = "Returns", score: float = 1.0, article: int = 1) -> Source:
    return Source(article, "return-an-item", "Return an item", 11, heading, text, score)


def test_a_short_section_is_shown_whole() -> None:
    made = answer("how do returns work", [source("Returns are free.")], CHAT, BARE)
    assert made is not None
    assert (made.text, made.is_complete) == ("Returns are free.", True)
    assert (made.citations[0].title, made.citations[0].passage) == ("Return an item", 11)


def test_a_text_message_holds_two_segments_at_most() -> None:
    lines = framing("en", brand="Fernhill", is_letter=False, is_short=True, is_first=True, is_offer=False)
    made = answer("what does a return by label cost", [source(RETURNS)], SMS, lines)
    assert made is not None
    assert "£2.90" in made.text and "Automated answer" in made.text
    assert septets(made.text) <= 306
    assert not made.is_complete


def test_a_limiting_sentence_is_never_cut_off() -> None:
    made = answer("can I send back unused items within 60 days", [source(RETURNS)], SMS, BARE)
    assert made is not None
    assert "within 60 days" in made.text
    assert "unless they are faulty" in made.text


def test_nothing_is_said_where_the_limit_does_not_fit() -> None:
    text = "Returns are free within 60 days. " + "However, " + "there is a fee for very large items " * 9 + "."
    assert answer("are returns free", [source(text)], SMS, BARE) is None


def test_steps_are_shown_whole_or_not_at_all() -> None:
    padded = STEPS + "\n\n" + "Words on other things that nobody asked about at all. " * 5
    made = answer("open returns enter order number print label", [source(padded)], SMS, BARE)
    assert made is not None
    assert STEPS in made.text
    long_steps = "\n".join(f"{number}. Print the label, press button {number}." for number in range(1, 12))
    assert answer("print label", [source(long_steps)], SMS, BARE) is None


def test_a_bare_list_says_what_it_is_a_list_of() -> None:
    made = answer(
        "what can't be returned", [source("- Gas\n- Gift cards", heading="What can't be returned")], SMS, BARE
    )
    assert made is not None
    assert made.text == "What can't be returned:\n- Gas\n- Gift cards"


def test_a_mail_greets_signs_off_and_says_it_is_automatic() -> None:
    lines = framing("en", brand="Fernhill", is_letter=True, is_short=False, is_first=False, is_offer=True, name="Jo")
    made = answer("returns", [source("Returns are free.")], MAIL, lines)
    assert made is not None
    assert made.text.startswith("Hello Jo,\n\nReturns are free.")
    assert "automated answer" in made.text and made.text.endswith("Fernhill's assistant")


def test_a_second_section_of_the_same_article_follows_where_it_scored_as_well() -> None:
    best, close = source("One.", heading="A"), source("Two.", heading="B", score=0.9)
    far = source("Three.", heading="C", score=0.5)
    other = source("Four.", heading="D", score=0.95, article=2)
    made = answer("q", [best, close, far, other], CHAT, BARE)
    assert made is not None
    assert made.text == "A:\nOne.\n\nB:\nTwo."
    assert [citation.number for citation in made.citations] == [1, 2]


def test_every_figure_of_an_answer_stands_in_its_source() -> None:
    made = answer("what does a label cost", [source(RETURNS)], SMS, BARE)
    assert made is not None
    assert facts_are_verbatim(made.text, [RETURNS])
    assert not facts_are_verbatim("A label costs £3.90.", [RETURNS])
    assert not facts_are_verbatim("See evil.example/returns.", [RETURNS])


def test_no_source_no_answer() -> None:
    assert answer("anything", [], CHAT, BARE) is None


def test_a_table_row_brings_the_limits_below_the_table() -> None:
    text = (
        "Service Standard: Price £3.90\nService Large: Price £24\n\nIt counts the basket. Large items are never free."
    )
    row = units(text)[0]
    assert row.needs == {0, 3}


@pytest.mark.parametrize(("text", "count"), [("abc", 3), ("5 €", 4), ("ok 👍", 12), ("Grüße", 5), ("„Hallo“", 16)])
def test_length_is_counted_as_phones_do(text: str, count: int) -> None:
    assert septets(text) == count


def test_the_handoff_notice_says_when_somebody_is_back() -> None:
    from datetime import UTC, datetime

    text = handoff_notice("en", reason="anger", is_open=False, next_opening=datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    assert "on Monday at 09:00" in text
    assert "sorry" in text
    assert "nobody" not in handoff_notice("de", reason="wanted_person", is_open=True)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_language_says_it_is_automatic_and_how_to_reach_a_person(language: str) -> None:
    from ai_tier1.wants_person import wants_person

    lines = framing(language, brand="Fernhill", is_letter=False, is_short=True, is_first=True, is_offer=False)
    keyword = "AGENTE" if "AGENTE" in lines.closing else "AGENT"
    assert "Fernhill" in lines.closing and keyword in lines.closing
    assert wants_person(keyword)
    assert septets(lines.closing) < 100
