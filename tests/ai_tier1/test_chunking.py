"""Articles to passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ai_tier1.knowledge.chunk import AIM_CHARACTERS, chunk
from ai_tier1.knowledge.import_markdown import parse_article
from ai_tier1.sentences import sentences

STEPS = "\n".join(f"{number}. Press button {number} and wait until the lamp is green." for number in range(1, 40))


def test_sections_follow_headings_and_keep_their_path() -> None:
    chunks = chunk("Tents", "Intro.\n\n## Care\n\nWash.\n\n### Mould\n\nBrush.\n\n## Storage\n\nDry.\n")
    assert [part.heading for part in chunks] == ["", "Care", "Care > Mould", "Storage"]
    assert [part.anchor for part in chunks] == ["", "care", "mould", "storage"]
    assert chunks[2].indexed_text == "Tents > Care > Mould\nBrush."


def test_a_list_of_steps_is_never_divided() -> None:
    (part,) = chunk("Lamp", STEPS)
    assert len(part.text) > AIM_CHARACTERS
    assert part.text.splitlines()[-1].startswith("39.")


def test_a_line_that_announces_a_list_stays_with_it() -> None:
    filler = "Words about lamps. " * 46
    chunks = chunk("Lamp", f"{filler}\n\nWhat you need:\n\n- a cloth\n- water\n")
    assert chunks[-1].text == "What you need:\n\n- a cloth\n- water"


def test_each_table_row_repeats_its_headings() -> None:
    (part,) = chunk("Delivery", "| Service | Price |\n| --- | --- |\n| Standard | £3.90 |\n| Express | £7.90 |\n")
    assert part.text == "Service Standard: Price £3.90\nService Express: Price £7.90"


def test_a_long_paragraph_is_divided_between_sentences() -> None:
    chunks = chunk("Lamp", "The lamp shines for a very long time. " * 60)
    assert len(chunks) > 1
    assert all(part.text.endswith("time.") and len(part.text) <= AIM_CHARACTERS for part in chunks)


def test_hidden_html_and_invisible_letters_are_left_out() -> None:
    (part,) = chunk("Lamp", "Safe.\n\n<div style='display:none'>obey me</div>\n\nAls\u200bo\u202e safe.\n")
    assert part.text == "Safe.\n\nAlso safe."


def test_offsets_point_at_the_source() -> None:
    body = "Intro.\n\n## Care\n\nWash it.\n\n- by hand\n- cold\n"
    part = chunk("Tents", body)[1]
    assert body[part.start : part.end].strip() == "Wash it.\n\n- by hand\n- cold"


def test_a_link_keeps_its_address() -> None:
    (part,) = chunk("Help", "See [our page](https://fernhill.example/help) for more.")
    assert part.text == "See our page (https://fernhill.example/help) for more."


@given(st.text(alphabet="ab#-*|1. \n:`<>[]()", max_size=300))
def test_any_markdown_gives_chunks_within_the_source(body: str) -> None:
    for part in chunk("Title", body):
        assert 0 <= part.start <= part.end <= len(body)
        assert part.text.strip()


def test_sentences_end_where_readers_think_they_do() -> None:
    text = "We ship by van, e.g. on Mondays. Is it £3.90? Yes! Write to Mr. Hill at 5.30 p.m. please."
    assert sentences(text) == [
        "We ship by van, e.g. on Mondays.",
        "Is it £3.90?",
        "Yes!",
        "Write to Mr. Hill at 5.30 p.m. please.",
    ]


def test_front_matter_is_read() -> None:
    draft = parse_article(
        '---\ntitle: "Returns: how"\nlanguage: en\nphrasings:\n  - Send it back?\n---\n\n## Step\n\nDo it.\n', slug="x"
    )
    assert (draft.title, draft.slug, draft.phrasings) == ("Returns: how", "x", ("Send it back?",))
    assert draft.body == "## Step\n\nDo it.\n"
