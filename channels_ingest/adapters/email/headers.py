"""The head of a mail or of one of its parts: never trusted, never raising, never large."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value

from channels_ingest.adapters.email.charsets import clean_line, decode_bytes

MAX_HEADER_BYTES = 262_144
_MAX_HEADER_COUNT = 1_000
_MAX_VALUE_LENGTH = 65_536
_MAX_PARAMETER_LENGTH = 8_000
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_PATH_PARTS = re.compile(r"[/\\]+")
_FORBIDDEN_IN_NAMES = re.compile(r'[:<>"|?*%$`]+')
_RESERVED_NAMES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_MAX_FILE_NAME_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in the order they came, names in lower case, values unfolded but not yet decoded."""

    fields: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Every raw value of this header, topmost first."""
        return [value for field_name, value in self.fields if field_name == name]

    def raw(self, name: str) -> str:
        """The topmost raw value, or an empty string. The first counts: readers and filters show that one."""
        return next((value for field_name, value in self.fields if field_name == name), "")

    def text(self, name: str) -> str:
        """The topmost value as a reader sees it: encoded words decoded, one clean line."""
        return clean_line(decode_words(self.raw(name)))

    def has(self, name: str) -> bool:
        """Whether the header is there at all."""
        return any(field_name == name for field_name, _ in self.fields)

    def media_type(self) -> str:
        """The Content-Type without parameters, or an empty string where it is missing or no media type."""
        found = re.match(r"\s*([a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100})", self.raw("content-type").lower())
        return found.group(1) if found else ""

    def parameter(self, name: str, *, header: str = "content-type") -> str:
        """A parameter of a structured header, RFC 2231 and misplaced encoded words decoded."""
        value = self.raw(header)[:_MAX_PARAMETER_LENGTH]
        if not value:
            return ""
        try:
            message = Message()
            message[header] = value
            found = message.get_param(name, header=header)
            text = found if isinstance(found, str) else collapse_rfc2231_value(found) if found else ""
        except (ValueError, LookupError, TypeError, AttributeError):
            # The standard parser fails in many ways on hostile parameters.
            return ""
        return decode_words(text)

    def file_name(self) -> str:
        """The part's file name made safe to show: no path, nothing invisible, bounded; or an empty string."""
        name = self.parameter("filename", header="content-disposition") or self.parameter("name")
        return safe_file_name(name)


def parse_headers(head: bytes) -> Headers:
    """The fields of a header block; lines that are no header are left out."""
    fields: list[tuple[str, list[bytes]]] = []
    for line in head[:MAX_HEADER_BYTES].splitlines():
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
        elif (found := _NAME.match(line)) and len(fields) < _MAX_HEADER_COUNT:
            fields.append((found.group(1).decode("ascii").lower(), [line[found.end() :]]))
    return Headers(tuple((name, _unfold(lines)) for name, lines in fields))


def _unfold(lines: list[bytes]) -> str:
    value = b"".join(lines)[:_MAX_VALUE_LENGTH]
    return decode_bytes(value).replace("\x00", "").strip()


def decode_words(value: str) -> str:
    """RFC 2047 encoded words decoded, also inside quotes and split in the middle of a character."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    pending = b""
    pending_charset = ""
    position = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[position : word.start()]
        charset = word.group(1).split("*")[0].lower()
        if pending and (between.strip() or charset != pending_charset):
            pieces.append(decode_bytes(pending, pending_charset))
            pending = b""
        # White space between two encoded words is only folding.
        if between.strip() or not position:
            pieces.append(between)
        pending += _word_bytes(word.group(2), word.group(3))
        pending_charset = charset
        position = word.end()
    pieces.append(decode_bytes(pending, pending_charset))
    pieces.append(value[position:])
    return "".join(pieces)


def _word_bytes(encoding: str, payload: str) -> bytes:
    encoded = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return a2b_qp(encoded, header=True)
    try:
        return a2b_base64(encoded + b"=" * (-len(encoded) % 4))
    except Base64Error:
        return encoded


def safe_file_name(name: str) -> str:
    """A sender's file name without its path, control, direction and zero-width characters; bounded."""
    last = _PATH_PARTS.split(clean_line(name, max_length=2_000).rstrip("/\\ "))[-1]
    plain = _FORBIDDEN_IN_NAMES.sub("_", last).strip(". ")
    if _RESERVED_NAMES.match(plain):
        plain = "_" + plain
    if len(plain) <= _MAX_FILE_NAME_LENGTH:
        return plain
    stem, dot, extension = plain.rpartition(".")
    if dot and len(extension) <= 10:
        return stem[: _MAX_FILE_NAME_LENGTH - len(extension) - 1] + dot + extension
    return plain[:_MAX_FILE_NAME_LENGTH]
