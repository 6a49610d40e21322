"""What a message is, before anything is searched."""

from __future__ import annotations

import time

import pytest

from ai_tier1.languages import detect
from ai_tier1.mood import Anger, mood_of
from ai_tier1.own_case import OwnCase, own_case
from ai_tier1.wants_person import wants_person
from ai_tier1.what_came_in import Kind, read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hello there", Kind.GREETING),
        ("guten Tag!", Kind.GREETING),
        ("Thanks, that helped!", Kind.THANKS),
        ("ok great, thank you", Kind.THANKS),
        ("Vielen Dank", Kind.THANKS),
        ("ok", Kind.CLOSER),
        ("Bye", Kind.CLOSER),
        ("are you there?", Kind.NUDGE),
        ("???", Kind.NUDGE),
        ("👍", Kind.REACTION),
        ("Liked “Your parcel is on its way”", Kind.REACTION),
        ("STOP", Kind.STOP),
        ("482913", Kind.CODE),
        ("My code is 482 913", Kind.CODE),
        ("   ", Kind.EMPTY),
        ("agent", Kind.WANTS_PERSON),
        ("hi, do you ship to Germany?", Kind.QUESTION),
        ("opening hours", Kind.QUESTION),
        ("The lamp that I bought from you in spring has stopped working.", Kind.STATEMENT),
    ],
)
def test_kinds_are_told_apart(text: str, kind: Kind) -> None:
    assert read(text, expected_language="en").kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a real person",
        "let me speak to someone",
        "human please",
        "AGENT",
        "live agemt pls",
        "can I speak to a humna",
        "get me your manager",
        "I don't want to chat with a bot",
        "is there anybody real there?",
        "connect me to a customer service representative",
        "please have somebody call me back",
        "Kann ich mit einem Menschen sprechen?",
        "mit jemandem reden bitte",
        "Rufen Sie mich bitte an",
        "Je voudrais parler à un conseiller",
        "Quiero hablar con una persona",
        "Vorrei parlare con un operatore",
        "Quero falar com um atendente",
        "Ik wil met een medewerker spreken",
    ],
)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do you have a two-person tent?",
        "Can somebody else collect my order?",
        "Is the stove safe for one person?",
        "At what time can I talk to somebody?",
        "I spoke to an agent yesterday about it",
        "How much cleaning agent do I need?",
        "tent for 4 people",
        "please call me Tom",
        "I lost my password manager",
        "Das Zelt ist für zwei Personen",
    ],
)
def test_words_about_people_are_no_wish_for_one(text: str) -> None:
    assert not wants_person(text)


def test_a_wish_for_a_person_beats_thanks_and_greetings() -> None:
    assert read("Hi, thanks, but can I talk to a person?", expected_language="en").wants_person


@pytest.mark.parametrize(
    ("text", "anger"),
    [
        ("How do I make a complaint?", Anger.CALM),
        ("This is annoying, the link fails", Anger.ANNOYED),
        ("This is unacceptable", Anger.ANGRY),
        ("Third time I write!!! Ridiculous", Anger.ANGRY),
        ("I WANT MY MONEY BACK NOW!!!", Anger.ANGRY),
        ("Das ist eine Frechheit", Anger.ANGRY),
        ("My solicitor will write to you", Anger.ANGRY),
        ("Please send the PDF with VAT to the USA", Anger.CALM),
    ],
)
def test_anger_is_seen_in_strong_words_or_several_signs(text: str, anger: Anger) -> None:
    assert mood_of(text).anger is anger


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("How long does delivery take?", OwnCase.NONE),
        ("Where is my order?", OwnCase.POSSIBLE),
        ("My parcel has still not arrived", OwnCase.PRESSING),
        ("You promised a refund by Friday", OwnCase.PRESSING),
        ("I have been waiting for two weeks", OwnCase.PRESSING),
        ("Das Paket ist immer noch nicht da", OwnCase.PRESSING),
    ],
)
def test_a_question_about_ones_own_case_is_recognised(text: str, level: OwnCase) -> None:
    assert own_case(text) is level


def test_an_order_number_beside_a_general_question_makes_no_case() -> None:
    came_in = read("How long do I have to return order FH-20418?", expected_language="en")
    assert came_in.own_case is OwnCase.NONE


def test_where_is_my_order_with_its_number_has_to_be_looked_up() -> None:
    assert read("Where is my order FH-20418?", expected_language="en").own_case is OwnCase.PRESSING


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("Wie lange dauert die Lieferung?", "en", "de"),
        ("Où est ma commande ?", "en", "fr"),
        ("¿Dónde está mi pedido?", "en", "es"),
        ("i wnat a refnd pls", "en", "en"),
        ("Where is my parcel?", "de", "en"),
        ("Rechnung", "en", "en"),
        ("ok FH-20418", "de", "de"),
        ("Привет", "en", "ru"),
    ],
)
def test_short_texts_keep_the_conversations_language(text: str, expected: str, language: str) -> None:
    assert detect(text, expected) == language


@pytest.mark.parametrize("piece", ["no ", "talk to ", "mit ", "a@", "1 ", "thanks ", "!", "call me "])
def test_hostile_repetition_is_read_in_no_time(piece: str) -> None:
    started = time.perf_counter()
    read(piece * (40_000 // len(piece)), expected_language="en")
    assert time.perf_counter() - started < 2
