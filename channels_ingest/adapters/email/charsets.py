"""Bytes to text when the declared charset is missing, misspelt or a lie, and text made safe to keep."""

from __future__ import annotations

import codecs
import re

# What mail calls a charset, and what it means. Supersets stand in for the standards that senders exceed:
# mail labelled gb2312, ks_c_5601 or iso-8859-1 is in practice gb18030, cp949 and cp1252.
_ALIASES = {
    "ansi": "cp1252",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-6-e": "iso8859_6",
    "iso-8859-6-i": "iso8859_6",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-8-i": "iso8859_8",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "macintosh": "mac_roman",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "utf8mb4": "utf-8",
}
# Text codecs that no mail is written in: escapes, and one whose decoding time is not linear.
_FORBIDDEN = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_CHARSET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}")
_ISO_2022 = re.compile(rb"\x1b\$[@AB(]|\x1b\([BJI]")
_META_CHARSET = re.compile(
    rb"""<meta[^<>]{0,300}?charset\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE
)
_META_WITHIN_BYTES = 4_096

# NUL and other controls break stores and screens; lone surrogates can't be encoded; direction overrides
# make text read as something it is not. Line breaks and tabs stay.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# One-line values are names and titles; there nothing invisible is wanted either.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2028\u2029\u2060-\u2064]")
_SPACES = re.compile(r"\s+")


def python_codec(charset: str) -> str | None:
    """The codec for a charset as mail spells it, or None where there is none that may be used."""
    wanted = charset.strip().strip("'\"").lower()
    if not _CHARSET_NAME.fullmatch(wanted):
        return None
    for name in (_ALIASES.get(wanted, wanted), wanted.removeprefix("x-"), re.sub(r"[^a-z0-9]", "", wanted)):
        codec = _lookup(_ALIASES.get(name, name))
        if codec is not None:
            return codec
    return None


def _lookup(name: str) -> str | None:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError, SyntaxError, ImportError):
        return None
    # The same registry holds bytes-to-bytes codecs such as zlib, which could blow up.
    is_text = bool(getattr(codec, "_is_text_encoding", True))
    return codec.name if is_text and codec.name.replace("_", "-") not in _FORBIDDEN else None


def decode_bytes(content: bytes, declared: str = "") -> str:
    """The text that these bytes most likely are. Never raises; what can't be read becomes U+FFFD.

    Tried in turn: a byte order mark, the declared charset, UTF-8, and a Western European reading.
    """
    codec = _marked(content) or python_codec(declared)
    if codec in (None, "ascii") and _ISO_2022.search(content):
        codec = "iso2022_jp_ext"
    for attempt in (codec, "utf-8"):
        if attempt is None:
            continue
        try:
            return content.decode(attempt)
        except (UnicodeError, ValueError):
            continue
    return _decode_damaged(content, codec)


def decode_html(content: bytes, declared: str = "") -> str:
    """Like ``decode_bytes``, asking the page's own <meta> where the mail declares nothing usable."""
    if python_codec(declared) is None and (found := _META_CHARSET.search(content[:_META_WITHIN_BYTES])):
        declared = found.group(1).decode("ascii")
    return decode_bytes(content, declared)


def _marked(content: bytes) -> str | None:
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _with_surrogates(content: bytes) -> str | None:
    """UTF-8 as some databases and Java write it, with an emoji as two halves; None where it isn't that."""
    try:
        halves = content.decode("utf-8", "surrogatepass")
    except (UnicodeError, ValueError):
        return None
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _decode_damaged(content: bytes, codec: str | None) -> str:
    if (halved := _with_surrogates(content)) is not None:
        return halved
    if codec not in (None, "ascii", "utf-8", "utf-8-sig"):
        return content.decode(codec or "utf-8", "replace")
    as_utf8 = content.decode("utf-8", "replace")
    # One broken byte in honest UTF-8, or another charset altogether? Count what reads well.
    bad = as_utf8.count("\ufffd")
    good = sum(1 for character in as_utf8 if character > "\x7f") - bad
    return as_utf8 if good > bad else content.decode("cp1252", "replace")


def clean_text(text: str) -> str:
    """Text without controls, lone surrogates and direction overrides; line ends are single ``\\n``."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text: str, *, max_length: int = 1_000) -> str:
    """A name or title: one line, nothing invisible, bounded."""
    visible = _INVISIBLE.sub("", _UNSAFE.sub("", _SPACES.sub(" ", text[: max_length * 4])))
    return _SPACES.sub(" ", visible).strip()[:max_length]
