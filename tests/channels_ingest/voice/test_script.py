"""What comes next, as a table: every way has an end, and nothing is said twice."""

from __future__ import annotations

import itertools

import pytest

from channels_ingest.voice.hearing import At, Heard, hear
from channels_ingest.voice.lines import _LINES, Line, text_of
from channels_ingest.voice.script import Act, Facts, Step, Then, decide
from channels_ingest.voice.twiml import Place, document, voice_language

PLACE = Place("https://help.example/webhooks/3/", "en", "Fernhill")


@pytest.mark.parametrize(
    ("at", "words", "meant"),
    [
        ("ask", "", Heard.NOTHING),
        ("ask", "Yes, where is my parcel?", Heard.WORDS),
        ("ask", "yes", Heard.WORDS),
        ("ask", "Goodbye.", Heard.GOODBYE),
        ("offer", "Yes, please!", Heard.YES),
        ("offer", "Ja, gerne", Heard.YES),
        ("offer", "no thanks", Heard.NO),
        ("offer", "Yes but how much is it?", Heard.WORDS),
        ("more", "That's all, thank you", Heard.GOODBYE),
        ("more", "Thank you very much", Heard.GOODBYE),
        ("more", "Is it also in blue?", Heard.WORDS),
        ("leave", "Please call me back", Heard.CALL_BACK),
        ("leave", "Rückruf bitte", Heard.CALL_BACK),
        ("ask", "Can you call me back?", Heard.WORDS),
    ],
)
def test_few_words_mean_what_they_mean_where_they_are_said(at: str, words: str, meant: Heard) -> None:
    assert hear(at, words=words) == meant


@pytest.mark.parametrize(
    ("at", "digits", "meant"),
    [
        ("ask", "0", Heard.PERSON),
        ("offer", "0", Heard.PERSON),
        ("offer", "1", Heard.YES),
        ("offer", "2", Heard.NO),
        ("leave", "1", Heard.CALL_BACK),
        ("ask", "7", Heard.NOTHING),
    ],
)
def test_keys_mean_what_was_offered(at: str, digits: str, meant: Heard) -> None:
    assert hear(at, digits=digits) == meant


@pytest.mark.parametrize("must_answer", [True, False])
def test_every_situation_ends_in_words_or_in_waiting(must_answer: bool) -> None:
    flags = list(itertools.product([True, False], repeat=4))
    for at, heard, waiting, misheard, (held, tier1, silent, number) in itertools.product(
        ["", *At], Heard, [0, 1], [1, 2, 3, 9], flags
    ):
        facts = Facts(
            at=at,
            heard=heard,
            number=3,
            waiting_count=waiting,
            misheard_count=misheard,
            is_held_by_person=held,
            has_tier1=tier1,
            has_stayed_silent=silent,
            can_call_back=number,
            must_answer=must_answer,
        )
        step = decide(facts)
        if step is None:
            assert not must_answer and tier1 and not waiting
            continue
        assert step.lines or (waiting and step.speaks), facts
        assert len(set(step.lines)) == len(step.lines)


def test_nobody_waits_beyond_twelve_seconds() -> None:
    facts = Facts(At.ASK, Heard.WORDS, waited_seconds=12.0)
    step = decide(facts)
    assert step is not None and step.acts == (Act.GIVE_TO_PERSON,) and step.listens_at == At.LEAVE


def test_every_line_is_there_in_every_language() -> None:
    assert all(set(lines) == set(Line) for lines in _LINES.values())
    assert text_of(Line.MORE, "de-CH") != text_of(Line.MORE, "en")
    assert text_of(Line.MORE, "xx") == text_of(Line.MORE, "en")


def test_silence_after_the_offer_comes_on_to_the_tone() -> None:
    step = Step((Line.LEAVE_OR_CALL_BACK,), Then.LISTEN, At.LEAVE)
    told = document(step, [], PLACE, number=4, at="ask", wait=0)
    assert told.index("<Gather") < told.index("<Record")
    assert "recordingStatusCallback=" in told and 'maxLength="180"' in told
    assert "it is recorded" in told[: told.index("<Record")]


def test_a_filler_comes_back_to_the_same_turn() -> None:
    told = document(Step((Line.ONE_MOMENT,), Then.WAIT), [], PLACE, number=4, at="ask", wait=1)
    assert "turn=4&amp;at=ask&amp;wait=2" in told


def test_listening_takes_speech_and_keys_in_the_channels_language() -> None:
    told = document(Step((Line.MORE,), Then.LISTEN, At.MORE), [], Place("https://x/", "fr"), number=1, at="", wait=0)
    assert 'input="speech dtmf"' in told and 'language="fr-FR"' in told and 'bargeIn="true"' in told
    assert voice_language("pt-BR") == "pt-BR" and voice_language("xx") == "en-GB"
