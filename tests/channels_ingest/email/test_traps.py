"""What else the mails for traps must give, beside sender and text (see expectations.py)."""

from __future__ import annotations

import time

import pytest

from tests.channels_ingest.email.mails import message, payload


def test_of_doubled_headers_the_first_counts_and_the_defect_is_told() -> None:
    found = message(payload("doubled_headers"))

    assert (found.subject, found.facts["defects"]) == ("Lamp", "several_from_headers")


def test_encoded_words_join_and_smuggle_nothing() -> None:
    found = message(payload("encoded_words"))

    assert found.subject == "Grüße aus Köln Bcc: xtxt"
    assert found.sender is not None and found.sender.name == "Jörg Müller"


def test_addresses_are_found_in_whatever_stands_around_them() -> None:
    found = message(payload("odd_addresses"))

    assert found.sender is not None and found.sender.name == ""
    assert found.recipient == "support@acme.example"
    assert tuple(one.address for one in found.cc) == (
        '"odd local"@customer.example',
        "grüße@bücher.example",
        "jo@customer.example",
        "kim@customer.example",
    )


def test_all_authors_are_noted() -> None:
    assert message(payload("several_from")).facts["senders"] == "jo@customer.example, boss@bank.example"


def test_no_script_hides_in_utf7() -> None:
    assert "script" not in message(payload("charset_utf7")).html


def test_a_structure_within_a_structure_keeps_picture_and_file() -> None:
    found = message(payload("deep_structure"))

    assert 'src="cid:crack"' in found.html
    assert [(one.name, one.is_inline) for one in found.attachments] == [("crack.png", True), ("bill.pdf", False)]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("winmail", ["winmail.dat"]),
        ("smime_signed", ["smime.p7s"]),
        ("smime_encrypted", ["smime.p7m"]),
        ("pgp_encrypted", ["file.bin", "encrypted.asc"]),
        ("calendar_invite", ["message.ics"]),
        ("several_text_parts", ["switch.png", "shade.png"]),
    ],
)
def test_what_we_do_not_read_is_kept_as_a_file(name: str, files: list[str]) -> None:
    assert [one.name for one in message(payload(name)).attachments] == files


def test_file_names_are_safe_whatever_their_spelling() -> None:
    names = [one.name for one in message(payload("file_names")).attachments]

    assert names[:6] == ["La lámpara rota.png", "Büro.png", "passwd", "bill.png", "_nul.png", "image.png"]
    assert names[6:10] == ["twice.png", "twice.png", "gnp.exe.png", "invisible.png"]
    assert len(names[10]) == 150 and names[10].endswith("lo.png")
    assert names[11:] == ["plain name.png", "Grüße.png"]


def test_pictures_are_found_by_every_spelling_of_their_id() -> None:
    found = message(payload("cid_spellings"))

    assert [one.is_inline for one in found.attachments] == [True] * 5 + [False]
    assert all(f'src="cid:{one.content_id}"' in found.html for one in found.attachments[:5])


def test_clocks_are_believed_as_far_as_they_can_be_right() -> None:
    old, wrong = message(payload("date_two_digits")), message(payload("date_future"))

    assert old.occurred_at is not None and old.occurred_at.isoformat() == "2026-05-05T15:11:00+00:00"
    assert wrong.occurred_at is None and wrong.facts["claimed_at"].startswith("2038")


def test_references_are_found_in_junk_and_bounded() -> None:
    references = message(payload("references_junk")).references

    assert references[:2] == ("<out-5@acme.example>", "<j149@x.example>")
    assert len(references) == 100


@pytest.mark.parametrize("name", ["token_in_capitals", "token_in_envelope", "gmail_reply"])
def test_a_token_is_found_where_servers_put_it(name: str) -> None:
    assert message(payload(name)).reply_tokens == ("abcdefghijklmnopqrstuvwxyz",)


@pytest.mark.parametrize("name", ["yahoo", "proton", "outlook_new", "qq", "own_marker"])
def test_the_html_shows_only_what_is_new(name: str) -> None:
    found = message(payload(name))

    assert "Which one is it" not in found.html
    assert "Which one is it?" in found.quoted_text


def test_answers_between_html_quotes_survive() -> None:
    found = message(payload("html_interleaved"))

    assert "Green." in found.html and "Large." in found.html and "Which size?" in found.html


@pytest.mark.parametrize(
    "body",
    [
        "<p>The lamp.</p>" + "<a href='https://x.example/'>link</a>" * 5_000,
        "<p>The lamp.</p>" + "<table><tr><td>" * 4_000,
        "<p>The lamp.</p>" + "<div>word</div>" * 700_000,
        "<p>The lamp.</p><p>" + "word " * 2_000_000 + "</p>",
        "<p>The lamp.</p><img src='data:image/png;base64," + "A" * 10_000_000 + "'>",
    ],
    ids=["links", "tables", "10 MB of tags", "10 MB of words", "10 MB picture"],
)
def test_html_of_any_size_is_read_in_bounded_time(body: str) -> None:
    raw = payload("charset_in_meta").partition(b"\n\n")[0] + b"\n\n" + body.encode()
    began = time.process_time()

    found = message(raw)

    assert time.process_time() - began < 2
    assert "The lamp." in found.text
