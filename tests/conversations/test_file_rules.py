"""Which files go by which channel, in an agent's words."""

from __future__ import annotations

import pytest

from conversations import channel_kinds, pieces
from conversations.file_rules import MB, FileFacts, megabytes, objections
from conversations.inline_pictures import as_html, marked, unmarked

PICTURE = FileFacts("photo.png", "image/png", 3 * MB)


def against(kind: str, *files: FileFacts) -> list[str]:
    found = channel_kinds.of(kind)
    return objections(files, found.files, found.label)


@pytest.mark.parametrize(
    ("kind", "content_type", "size", "words"),
    [
        ("whatsapp", "image/png", 8 * MB, "f: WhatsApp takes pictures up to 5 MB; this one has 8 MB."),
        ("whatsapp", "image/png", 5 * MB + 1, "f: WhatsApp takes pictures up to 5 MB; this one has 5.1 MB."),
        ("whatsapp", "video/mp4", 17 * MB, "f: WhatsApp takes videos up to 16 MB; this one has 17 MB."),
        ("whatsapp", "image/webp", 300 * 1024, "f: WhatsApp takes WebP stickers up to 100 kB; this one has 0.3 MB."),
        ("whatsapp", "image/svg+xml", 9, "f: WhatsApp does not take this type of file. It takes pictures, videos, "),
        ("sms", "image/png", 6 * MB, "f: SMS takes pictures up to 5 MB; this one has 6 MB."),
        ("email", "application/zip", 21 * MB, "f: Email takes files up to 20 MB; this one has 21 MB."),
        ("chat", "application/zip", 0, "f: the file is empty."),
    ],
)
def test_a_file_that_does_not_fit_is_turned_down_in_a_sentence(
    kind: str, content_type: str, size: int, words: str
) -> None:
    (said,) = against(kind, FileFacts("f", content_type, size))
    assert said.startswith(words)


@pytest.mark.parametrize(
    ("kind", "content_type", "size"),
    [
        ("whatsapp", "application/pdf", 99 * MB),
        ("whatsapp", "image/jpeg", 5 * MB),
        ("email", "application/octet-stream", 20 * MB),
        ("sms", "image/gif", 4 * MB),
        ("chat", "text/html", 1),
    ],
)
def test_a_file_that_fits_is_not_objected_to(kind: str, content_type: str, size: int) -> None:
    assert against(kind, FileFacts("f", content_type, size)) == []


def test_the_whole_counts_where_it_leaves_as_one() -> None:
    assert against("sms", PICTURE, PICTURE) == ["SMS takes files of 5 MB together; these have 6 MB."]
    assert against("whatsapp", PICTURE, PICTURE) == []
    assert against("whatsapp", *[PICTURE] * 11) == ["WhatsApp takes at most 10 files at once; these are 11."]


def test_a_channel_without_files_names_what_would_be_lost() -> None:
    said = against("phone", PICTURE, FileFacts("bill.pdf", "application/pdf", 5))
    assert said == ["Phone carries no files. Not sent would be: photo.png, bill.pdf."]


def test_a_provider_may_take_less_than_its_kind() -> None:
    rules = channel_kinds.of("whatsapp").files
    assert rules is not None
    bill = FileFacts("bill.pdf", "application/pdf", 20 * MB)
    (said,) = objections([bill], rules.narrowed(16 * MB), "WhatsApp")
    assert said == "bill.pdf: WhatsApp takes PDF, text and Office documents up to 16 MB; this one has 20 MB."
    assert rules.narrowed(999 * MB) == rules


def test_sizes_never_seem_to_fit_where_they_do_not() -> None:
    assert [megabytes(5 * MB), megabytes(5 * MB + 1, up=True), megabytes(2_000)] == ["5 MB", "5.1 MB", "1 kB"]


PNG, PDF = (1, "image/png"), (2, "application/pdf")


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        ("Hello", [], []),
        ("Hello", [PNG], []),  # under the picture
        ("", [PDF], []),
        ("Hello", [PDF], [(None, True), (2, False)]),
        ("Hello", [PNG, PDF], [(1, True), (2, False)]),
        ("Hello", [PDF, PNG], [(None, True), (2, False), (1, False)]),
        ("", [PNG, PDF], [(1, False), (2, False)]),
        ("x" * 1025, [PNG], [(None, True), (1, False)]),
    ],
)
def test_a_message_of_several_files_is_cut_where_its_provider_takes_one(
    text: str, files: list[tuple[int, str]], expected: list[tuple[int | None, bool]]
) -> None:
    found = pieces.split(text, files, channel_kinds.of("whatsapp").files)
    assert [(one.file, one.has_words) for one in found] == expected
    for kind in ("email", "sms", "chat", "phone"):
        assert pieces.split(text, files, channel_kinds.of(kind).files) == []


def test_a_picture_stands_where_the_words_place_it_and_nothing_else_becomes_html() -> None:
    text = "Look <here>:\n[image: a & b.png]\nand [image: other.png] www.shop.example"
    assert marked(text) == ["a & b.png", "other.png"]
    assert as_html(text, {"a & b.png": "c1@x"}) == (
        '<div>Look &lt;here&gt;:<br>\n<img src="cid:c1@x" alt="a &amp; b.png" style="max-width: 100%"><br>\n'
        'and [image: other.png] <a href="http://www.shop.example">www.shop.example</a></div>'
    )
    assert unmarked(text, {"a & b.png"}) == "Look <here>:\n\nand [image: other.png] www.shop.example"
    assert unmarked("[image: x.png]", {"x.png"}) == ""
    assert unmarked("a\n\n\n\nb", {"x.png"}) == "a\n\n\n\nb"
