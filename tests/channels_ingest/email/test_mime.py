"""Broken, lying and hostile mail still becomes what its writer meant."""

from __future__ import annotations

import time
from base64 import b64encode

import pytest

from channels_ingest.adapters.email.charsets import clean_line, clean_text, decode_bytes, python_codec
from channels_ingest.adapters.email.headers import Headers, decode_words, safe_file_name
from channels_ingest.adapters.email.mime import MAX_TEXT_CHARACTERS, parse_mail
from tests.channels_ingest.email.mails import mail


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("unknown-8bit", None),
        ("ks_c_5601-1987", "cp949"),
        ("cp-850", "cp850"),
        ("iso-8859-8-i", "iso8859-8"),
        ("utf8mb4", "utf-8"),
        ('"UTF-8"', "utf-8"),
        ("gb2312", "gb18030"),
        ("x-sjis", "cp932"),
        ("zlib", None),
        ("unicode_escape", None),
        ("punycode", None),
        ("../etc/passwd", None),
    ],
)
def test_a_charset_is_known_by_the_names_that_mail_gives_it(declared: str, codec: str | None) -> None:
    assert python_codec(declared) == codec


def test_a_lying_charset_is_found_out() -> None:
    assert decode_bytes("Grüße".encode(), "us-ascii") == "Grüße"
    assert decode_bytes("Grüße".encode("cp1252"), "utf-8") == "Grüße"
    assert decode_bytes("Grüße aus Köln".encode("cp1252"), "unknown-8bit") == "Grüße aus Köln"
    assert decode_bytes("注文".encode("iso-2022-jp"), "") == "注文"


def test_one_broken_byte_does_not_spoil_the_rest() -> None:
    assert decode_bytes("Grüße über Größe".encode() + b"\xff", "utf-8") == "Grüße über Größe\ufffd"


def test_html_without_charset_is_read_by_its_own_meta() -> None:
    html = '<meta charset="windows-1251"><p>Привет</p>'.encode("cp1251")

    assert parse_mail(mail(html, content_type="text/html")).text == "Привет"


def test_adjacent_encoded_words_join_and_may_split_a_character() -> None:
    first, second = b64encode("Grü".encode()[:3]).decode(), b64encode("Grüße".encode()[3:]).decode()

    assert decode_words(f"=?utf-8?B?{first}?= =?utf-8?B?{second}?= aus Köln") == "Grüße aus Köln"
    assert decode_words("a =?utf-8?q?b?= c =?utf-8?q?d?=  =?iso-8859-1?q?=FC?=") == "a b c dü"
    assert decode_words("=?nonsense?q?caf=C3=A9?=") == "café"


def test_a_mail_without_any_header_of_note_is_still_read() -> None:
    parsed = parse_mail(b"X-Nothing: here\r\n\r\nHello")

    assert (parsed.sender, parsed.to, parsed.subject, parsed.message_id, parsed.claimed_at) == (None, (), "", "", None)
    assert parsed.text == "Hello"


def test_of_repeated_headers_the_first_counts() -> None:
    parsed = parse_mail(b"From: jo@customer.example\nFrom: boss@bank.example\nSubject: one\nSubject: two\n\nHello")

    assert parsed.sender is not None
    assert parsed.sender.address == "jo@customer.example"
    assert parsed.subject == "one"
    assert "several_from_headers" in parsed.defects


def test_several_text_parts_are_joined_in_order() -> None:
    parts = "".join(f"--b\nContent-Type: text/plain\n\npart {number}\n" for number in range(3))

    assert (
        parse_mail(mail(parts + "--b--", content_type="multipart/mixed; boundary=b")).text
        == "part 0\n\npart 1\n\npart 2"
    )


def test_an_html_footer_does_not_hide_the_text_above_it() -> None:
    parts = "--b\nContent-Type: text/plain\n\nThe lamp.\n--b\nContent-Type: text/html\n\n<p>Scanned.</p>\n--b--"

    parsed = parse_mail(mail(parts, content_type="multipart/mixed; boundary=b"))

    assert parsed.text == "The lamp.\n\nScanned."
    assert "The lamp." in parsed.html


def test_an_empty_text_part_gives_way_to_the_html() -> None:
    parts = "--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>From html</p>\n--b--"

    parsed = parse_mail(mail(parts, content_type="multipart/alternative; boundary=b"))

    assert parsed.text == "From html"
    assert parsed.is_text_from_html


def test_a_boundary_that_begins_like_another_is_not_taken_for_it() -> None:
    inner = "--b1\nContent-Type: text/plain\n\nText --b\n--b1--\n"
    parts = (
        f"--b\nContent-Type: multipart/mixed; boundary=b1\n\n{inner}--b\nContent-Type: application/pdf\n\nPDF\n--b--"
    )

    parsed = parse_mail(mail(parts, content_type="multipart/mixed; boundary=b"))

    assert parsed.text == "Text --b"
    assert [one.content for one in parsed.attachments] == [b"PDF"]


def test_a_mail_cut_off_in_its_attachment_keeps_what_came() -> None:
    parts = "--b\n\nHello\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo"

    parsed = parse_mail(mail(parts, content_type="multipart/mixed; boundary=b"))

    assert parsed.text == "Hello"
    assert (parsed.attachments[0].content or b"").startswith(b"\x89PNG")


@pytest.mark.parametrize("encoding", ["8-bit", "7-bit", '"8bit"', "", "utf-8", "nonsense"])
def test_an_unknown_transfer_encoding_means_none(encoding: str) -> None:
    assert parse_mail(mail("Grüße", content_transfer_encoding=encoding)).text == "Grüße"


def test_quoted_printable_with_bare_equals_signs_is_read() -> None:
    assert parse_mail(mail("1+1=2 =C3=A9=\r\n!", content_transfer_encoding="Quoted-Printable")).text == "1+1=2 é!"


def test_uuencoded_parts_are_read() -> None:
    assert (
        parse_mail(mail("begin 644 a.txt\n%:&5L;&\\ \n`\nend\n", content_transfer_encoding="x-uuencode")).text
        == "hello"
    )


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jo\\bill.pdf", "bill.pdf"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("in\u200bvoice.pdf", "invoice.pdf"),
        (".htaccess", "htaccess"),
        ("con.txt", "_con.txt"),
        ("a\r\nb.txt", "a b.txt"),
        ("x" * 1000 + ".pdf", "x" * 146 + ".pdf"),
        ("...", ""),
    ],
)
def test_a_file_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_file_names_are_found_wherever_senders_put_them() -> None:
    continued = Headers((("content-disposition", "attachment; filename*0*=utf-8''na%C3%AF; filename*1=ve.txt"),))
    encoded = Headers((("content-type", 'image/png; name="=?utf-8?q?b=C3=BCro?=.png"'),))

    assert continued.file_name() == "naïve.txt"
    assert encoded.file_name() == "büro.png"


def test_nothing_invisible_or_unstorable_is_left() -> None:
    assert clean_text("a\x00b\ud800c\u202ed\r\ne\rf\x07") == "abcd\ne\nf"
    assert clean_line("Jo\u200b \r\n\u2066Miller\x00") == "Jo Miller"
    assert "👩‍🚀" in clean_text("👩‍🚀")


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 99 May 2026 10:11:12 +0200", "Fri, 31 Dec 9999 23:59:59 -1400", "x" * 5000]
)
def test_an_impossible_date_is_no_date(date: str) -> None:
    assert parse_mail(mail(date=date)).claimed_at is None


def test_two_digit_years_and_old_zones_are_understood() -> None:
    claimed = parse_mail(mail(date="Tue, 05 May 26 10:11 EST")).claimed_at

    assert claimed is not None
    assert claimed.isoformat() == "2026-05-05T15:11:00+00:00"


def test_a_thousand_parts_are_cut_at_a_hundred() -> None:
    parts = "".join(f"--b\nContent-Type: image/png\n\n{number}\n" for number in range(1000))

    parsed = parse_mail(mail(parts + "--b--", content_type="multipart/mixed; boundary=b"))

    assert len(parsed.attachments) == 100
    assert "too_many_parts" in parsed.defects


def test_parts_nested_without_end_are_kept_as_one_file() -> None:
    opening = "".join(f"--b{depth}\nContent-Type: multipart/mixed; boundary=b{depth + 1}\n\n" for depth in range(500))

    parsed = parse_mail(mail(opening + "--b500\n\nHello", content_type="multipart/mixed; boundary=b0"))

    assert "too_deep" in parsed.defects
    assert len(parsed.attachments) == 1


def test_html_that_would_choke_a_parser_becomes_a_file_and_its_text() -> None:
    parsed = parse_mail(mail("<div>" * 100_000 + "The lamp." + "</div>" * 100_000, content_type="text/html"))

    assert parsed.html == ""
    assert parsed.text == "The lamp."
    assert [one.name for one in parsed.attachments] == ["message.html"]


def test_a_very_long_text_is_shown_in_part_and_kept_whole() -> None:
    parsed = parse_mail(mail("word " * 200_000))

    assert len(parsed.text) == MAX_TEXT_CHARACTERS
    assert len(parsed.attachments[0].content or b"") > MAX_TEXT_CHARACTERS


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"(" * 200_000,
        b"From: " + b'"' * 200_001,
        b"From: " + b"<" * 200_000,
        b"To: " + b"a@b.example," * 50_000,
        b"Subject: " + b"=?utf-8?q?" * 30_000,
        b"References: " + b"<a" * 100_000,
        b"Content-Type: multipart/mixed" + b'; a="' * 50_000,
        b"X: y\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 300_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bb" * 300_000,
        b"Content-Type: text/html\n\n" + b"<a " + b"b=c " * 200_000,
        b"Content-Type: text/html\n\n" + b"<" * 1_000_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 200_000,
        b"Content-Type: text/html\n\n" + b"<p a='" * 100_000,
    ],
    ids=lambda raw: raw[:40].decode(),
)
def test_no_mail_takes_long_to_read(raw: bytes) -> None:
    began = time.process_time()

    parse_mail(raw)

    assert time.process_time() - began < 3


# Found by bench.fuzz


def test_a_part_without_a_blank_line_shows_what_follows_its_headers() -> None:
    parts = "--b\r\nContent-Type: text/plain\r\nWhere is my parcel?\r\nJo\r\n--b--"

    assert parse_mail(mail(parts, content_type="multipart/mixed; boundary=b")).text == "Where is my parcel?\nJo"


def test_a_mail_whose_parts_hold_nothing_shows_its_body_as_it_came() -> None:
    parsed = parse_mail(mail("Where is my parcel?\r\n--b\r\nContent-Type: text/plain\r\n\r\n--b--"))
    in_preamble = parse_mail(
        mail(
            "Where is my parcel?\r\n--b\r\nContent-Type: text/plain\r\n\r\n--b--",
            content_type="multipart/mixed; boundary=b",
        )
    )

    assert "Where is my parcel?" in parsed.text
    assert in_preamble.text == "Where is my parcel?"
    assert "shown_as_it_came" in in_preamble.defects


def test_words_below_a_monstrous_head_are_found() -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\r\n" + b"X-Long: word\r\n" * 50_000 + b"\r\n"

    parsed = parse_mail(head + b"The cable is torn.\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n--b--")

    assert parsed.text == "The cable is torn."


def test_an_empty_mail_stays_empty() -> None:
    parts = (
        "--b\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\r\n--b--"
    )

    assert parse_mail(mail(parts, content_type="multipart/alternative; boundary=b")).text == ""
    assert parse_mail(mail("")).text == ""


@pytest.mark.parametrize(
    "html",
    [
        '<html><body><div style="x>The lamp.</div>',
        "<div hidden>The lamp.</div>",
        '<div style="x>The lamp.</div><img src="https://shop.example/p.gif">',
    ],
)
def test_html_that_shows_nothing_gives_up_its_words(html: str) -> None:
    assert "The lamp." in parse_mail(mail(html, content_type="text/html")).text


def test_what_says_base64_and_holds_none_was_never_encoded() -> None:
    assert parse_mail(mail("@@@ (?)", content_transfer_encoding="base64")).text == "@@@ (?)"
