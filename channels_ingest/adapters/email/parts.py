"""The tree of a mail's parts, cut out of the raw bytes without copying, with depth and count bounded."""

from __future__ import annotations

import re
from binascii import Error as EncodingError
from binascii import a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterator
from dataclasses import dataclass

from channels_ingest.adapters.email.headers import (
    MAX_HEADER_BYTES,
    Headers,
    parse_headers,
)

MAX_PART_COUNT = 100
MAX_DEPTH = 20
_MAX_BOUNDARY_LENGTH = 250
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
# A boundary that was never declared: a line starting "--" right above a part's headers.
_GUESSED_BOUNDARY = re.compile(
    rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n(?:content-|mime-)", re.IGNORECASE | re.MULTILINE
)
_GUESS_WITHIN_BYTES = 65_536
_LINE_FEED = 10
_REST_OF_DELIMITER = re.compile(rb"(--)?[ \t]{0,200}\r?(?:\n|\Z)")
_HEADER_LINE = re.compile(rb"(?:[!-9;-~]{1,200}[ \t]*:|[ \t])[^\n]*(?:\n|\Z)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One node: a leaf with its content in transfer decoding undone, or a multipart with children."""

    headers: Headers
    media_type: str
    content: bytes = b""
    children: tuple[Part, ...] = ()

    @property
    def disposition(self) -> str:
        """ "attachment", "inline", something else, or empty; lower case."""
        return self.headers.raw("content-disposition").split(";")[0].strip().lower()

    def leaves(self) -> Iterator[Part]:
        """Every part with content of its own, in the order of the mail."""
        if not self.media_type.startswith("multipart/"):
            yield self
        for child in self.children:
            yield from child.leaves()


class PartReader:
    """Reads one mail. ``defects`` names what was cut for being too much or mended for being wrong."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.leaf_count = 0
        self.defects: list[str] = []

    def read(self) -> Part:
        """The mail's top part."""
        return self._part(0, len(self.raw), depth=0, default_type="text/plain")

    def _part(self, start: int, end: int, *, depth: int, default_type: str) -> Part:
        head_end, body_start = _head_and_body(self.raw, start, end)
        headers = parse_headers(self.raw[start : min(head_end, start + MAX_HEADER_BYTES)])
        media_type = headers.media_type() or default_type
        if not media_type.startswith("multipart/"):
            return self._leaf(headers, media_type, body_start, end)
        if depth >= MAX_DEPTH:
            self.defects.append("too_deep")
            return self._leaf(headers, "application/octet-stream", body_start, end)
        ranges = self._ranges(headers, body_start, end)
        if not ranges:
            self.defects.append("no_boundary")
            return self._leaf(headers, "text/plain", body_start, end)
        inner_type = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        children = []
        for inner_start, inner_end in ranges:
            if self.leaf_count >= MAX_PART_COUNT:
                self.defects.append("too_many_parts")
                break
            children.append(self._part(inner_start, inner_end, depth=depth + 1, default_type=inner_type))
        return Part(headers, media_type, children=tuple(children))

    def _leaf(self, headers: Headers, media_type: str, start: int, end: int) -> Part:
        self.leaf_count += 1
        return Part(headers, media_type, _transfer_decoded(self.raw[start:end], headers))

    def _ranges(self, headers: Headers, start: int, end: int) -> list[tuple[int, int]]:
        declared = headers.parameter("boundary").rstrip()[:_MAX_BOUNDARY_LENGTH]
        ranges = self._split(declared.encode("utf-8", "replace"), start, end) if declared else []
        if ranges:
            return ranges
        guess = _GUESSED_BOUNDARY.search(self.raw, start, min(end, start + _GUESS_WITHIN_BYTES))
        return self._split(guess.group(1), start, end) if guess else []

    def _split(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Where the parts between the delimiter lines lie. A missing last delimiter is forgiven."""
        ranges: list[tuple[int, int]] = []
        opened: int | None = None
        for line_start, line_end, is_closing in self._delimiters(b"--" + boundary, start, end):
            if opened is not None:
                ranges.append((opened, max(opened, _without_line_end(self.raw, line_start))))
            opened = None if is_closing else line_end
            if is_closing or len(ranges) > MAX_PART_COUNT:
                break
        if opened is not None and opened < end:
            ranges.append((opened, end))
        return ranges

    def _delimiters(self, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        position = self.raw.find(delimiter, start, end)
        while position >= 0:
            after = position + len(delimiter)
            if position == start or self.raw[position - 1] == _LINE_FEED:
                found = _REST_OF_DELIMITER.match(self.raw, after, end)
                # Only a whole line is a delimiter, so a boundary that begins like another stays apart.
                if found:
                    yield position, found.end(), bool(found.group(1))
            position = self.raw.find(delimiter, after, end)


def _head_and_body(raw: bytes, start: int, end: int) -> tuple[int, int]:
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return start, raw.index(b"\n", start) + 1
    blank = _BLANK_LINE.search(raw, start, end)
    if blank:
        return blank.start(), blank.end()
    # Nothing parts head and body: the body begins where no header is.
    position = start
    while position < end and (line := _HEADER_LINE.match(raw, position, end)):
        position = line.end()
    return position, position


def _without_line_end(raw: bytes, position: int) -> int:
    if raw[position - 1 : position] == b"\n":
        position -= 1
    return position - 1 if raw[position - 1 : position] == b"\r" else position


def _transfer_decoded(body: bytes, headers: Headers) -> bytes:
    encoding = headers.raw("content-transfer-encoding").lower().strip(" \t\"';").split(";")[0]
    if encoding == "base64":
        return _base64_decoded(body)
    if encoding in ("quoted-printable", "quoted_printable"):
        return a2b_qp(body)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uu_decoded(body)
    return body


def _base64_decoded(body: bytes) -> bytes:
    for tail in (b"", b"=", b"==", b"A=="):
        try:
            # What holds no base64 at all was never encoded.
            return a2b_base64(body + tail) or body
        except EncodingError:
            continue
    return body


def _uu_decoded(body: bytes) -> bytes:
    begin = _UU_BEGIN.search(body)
    if begin is None:
        return body
    decoded: list[bytes] = []
    for line in body[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            decoded.append(a2b_uu(line))
        except EncodingError:
            # Some encoders count the length wrong; the line's first character says how much is meant.
            try:
                decoded.append(a2b_uu(line[: ((line[0] - 32 & 63) * 4 + 5) // 3 + 1]))
            except EncodingError:
                break
    return b"".join(decoded)
