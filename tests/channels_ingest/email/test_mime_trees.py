"""Mails of any structure: every word is shown in its order, every file is kept byte for byte."""

from __future__ import annotations

import itertools
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels_ingest.email.mails import mail, message

CHARSETS = ["utf-8", "us-ascii", "iso-8859-1", "koi8-r", "shift_jis", "iso-2022-jp", "utf-16", "unknown-8bit", ""]
WORDS = {"koi8-r": "Привет", "shift_jis": "注文", "iso-2022-jp": "注文", "us-ascii": "hello", "utf-16": "Grüße"}
ENCODINGS = ["7bit", "8bit", "base64", "quoted-printable", "", "8-bit", "BASE64"]


@dataclass(frozen=True, slots=True)
class Text:
    """A body part that says one thing. ``number`` makes its word unlike any other's."""

    number: int
    is_html: bool
    charset: str
    encoding: str

    @property
    def word(self) -> str:
        return f"{WORDS.get(self.charset, 'hello' if not self.charset else 'Grüße')}{self.number}x"

    def render(self) -> bytes:
        said = f"<p>{escape(self.word)}</p>" if self.is_html else self.word
        real = {"unknown-8bit": "utf-8", "": "utf-8"}.get(self.charset, self.charset)
        content = said.encode(real)
        # Zeros can't travel bare.
        encoding = "base64" if self.charset == "utf-16" else self.encoding
        charset = f'; charset="{self.charset}"' if self.charset else ""
        return _part(f"text/{'html' if self.is_html else 'plain'}{charset}", encoding, content)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    content: bytes
    media_type: str
    name: str

    def render(self) -> bytes:
        disposition = f'Content-Disposition: attachment; filename="{self.name}"\r\n'.encode() if self.name else b""
        return disposition + _part(self.media_type, "base64", self.content)


@dataclass(frozen=True, slots=True)
class Group:
    """A multipart. Without its end, as a mail that was cut."""

    kind: str
    children: tuple[Node, ...]
    is_closed: bool
    number: int

    def render(self) -> bytes:
        # Boundaries that begin like each other.
        mark = f"b{'=' * (self.number % 5)}{self.number}"
        parts = b"".join(b"--" + mark.encode() + b"\r\n" + one.render() + b"\r\n" for one in self.children)
        end = f"--{mark}--\r\n".encode() if self.is_closed else b""
        return f'Content-Type: multipart/{self.kind}; boundary="{mark}"\r\n\r\n'.encode() + parts + end


Node = Text | File | Group


def _part(media_type: str, encoding: str, content: bytes) -> bytes:
    name = encoding.lower()
    encoded = (
        encodebytes(content).replace(b"\n", b"\r\n")
        if name == "base64"
        else b2a_qp(content)
        if name == "quoted-printable"
        else content
    )
    line = f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else ""
    return f"Content-Type: {media_type}\r\n{line}\r\n".encode() + encoded


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """A tree of at most 25 parts and six levels."""
    numbers = itertools.count(1)
    texts = st.builds(
        lambda is_html, charset, encoding: Text(next(numbers), is_html, charset, encoding),
        st.booleans(),
        st.sampled_from(CHARSETS),
        st.sampled_from(ENCODINGS),
    )
    files = st.builds(
        File,
        st.binary(min_size=1, max_size=200),
        st.sampled_from(["image/png", "application/pdf", "application/ms-tnef", "text/calendar", "audio/ogg"]),
        st.sampled_from(["", "a.png", "lámpara.pdf", "../x"]),
    )

    def grouped(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        return st.builds(
            lambda kind, children, is_closed: Group(kind, tuple(children), is_closed, next(numbers)),
            st.sampled_from(["mixed", "related", "alternative", "signed", "x-tomorrow"]),
            st.lists(inner, min_size=1, max_size=4),
            st.booleans(),
        )

    return draw(st.recursive(st.one_of(texts, texts, files), grouped, max_leaves=25))


def words(node: Node) -> Iterator[set[str]]:
    """What must be shown, in order: of an alternative one telling is enough."""
    match node:
        case Text():
            yield {node.word}
        case Group(kind="alternative"):
            tellings = [list(words(child)) for child in node.children]
            if any(tellings):
                yield {word for telling in tellings for one in telling for word in one}
        case Group():
            for child in node.children:
                yield from words(child)


def files(node: Node) -> Iterator[bytes]:
    """What must be kept."""
    match node:
        case File():
            yield node.content
        case Group():
            for child in node.children:
                yield from files(child)


@given(trees())
@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_of_a_mail_is_lost_whatever_its_structure(tree: Node) -> None:
    raw = mail(b"", content_type="").rstrip(b"\r\n") + b"\r\n" + tree.render()

    found = message(raw)

    position = 0
    for choice in words(tree):
        places = [place for word in choice if (place := found.text.find(word, position)) >= 0]
        assert places, (choice, found.text)
        position = min(places)
    kept = [one.content for one in found.attachments]
    assert [content for content in files(tree) if content not in kept] == []


@given(trees(), st.data())
@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
def test_a_mail_cut_anywhere_is_still_a_message(tree: Node, data: st.DataObject) -> None:
    head = mail(b"", content_type="").rstrip(b"\r\n") + b"\r\n"
    body = tree.render()

    found = message(head + body[: data.draw(st.integers(0, len(body)))])

    assert found.subject == "Lamp"
    assert found.sender is not None and found.sender.address == "jo@customer.example"
